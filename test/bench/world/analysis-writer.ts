import { remoteWrite } from '../../contract/metric-source/remote-write.ts';
import { analysisSeries } from './analysis-fleet.ts';

/** A process of its own, so that what it writes is not in the memory of who is measured: `analysis-writer.ts URL COUNT AT_MS`. */
const [url = '', count = '0', atMs = '0'] = process.argv.slice(2);
const TENANTS_PER_WRITE = 50;
for (let from = 0; from < Number(count); from += TENANTS_PER_WRITE) {
  await remoteWrite(url, analysisSeries(from, Math.min(Number(count), from + TENANTS_PER_WRITE), Number(atMs)));
}

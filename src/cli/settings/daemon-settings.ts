import { InvalidArgumentError, Option } from 'commander';
import { formatListenAddress, type ListenAddress, parseListenAddress } from '../../api/listen-address.ts';
import { durationMs } from '../../config/parse/duration.ts';
import { type HubOptions, hubOptions } from '../command.ts';
import { variableOf } from './variables.ts';

/** What the daemon is told, once it is settled. */
export interface DaemonSettings extends HubOptions {
  readonly identity?: string;
  readonly leaseName: string;
  /** ms */
  readonly leaseDuration: number;
  readonly listen: ListenAddress | 'off';
}

const SHORTEST_LEASE_MS = 3000;
const DEFAULT_LEASE_MS = 15_000;
const DEFAULT_LISTEN: ListenAddress = { host: '127.0.0.1', port: 9410 };

/** The settings that are the daemon's own, each an option with its variable and its validator; the level of the log is every command's. */
export function daemonSettings(): readonly Option[] {
  const own = [
    new Option(
      '--identity <name>',
      'name in the lease, unlike that of every other process (default: host, process, chance)',
    ).argParser(readText),
    new Option('--lease-name <name>', 'the Lease that daemons compete for').argParser(readName).default('tidegate'),
    new Option('--lease-duration <duration>', 'a daemon that is silent for so long may be replaced')
      .argParser(readLease)
      .default(DEFAULT_LEASE_MS, formatLease(DEFAULT_LEASE_MS)),
    new Option('--listen <host:port>', 'where /metrics, /healthz and /readyz are for everybody to read; or off')
      .argParser(readListen)
      .default(DEFAULT_LISTEN, formatListen(DEFAULT_LISTEN)),
  ];
  const [kubeconfig, context, namespace] = hubOptions() as [Option, Option, Option];
  const hub = [kubeconfig.argParser(readText), context.argParser(readText), namespace.argParser(readName)];
  return [...own, ...hub].map((option) => option.env(variableOf(option.name())));
}

/** A settled value as a person would write it. */
export function formatSetting(key: string, value: unknown): string {
  if (key === 'leaseDuration') return formatLease(value as number);
  return key === 'listen' ? formatListen(value as ListenAddress | 'off') : String(value);
}

function formatLease(ms: number): string {
  return ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`;
}

function formatListen(address: ListenAddress | 'off'): string {
  return address === 'off' ? address : formatListenAddress(address);
}

function readText(text: string): string {
  if (text.trim() !== '') return text;
  throw new InvalidArgumentError('expected a name');
}

function readName(text: string): string {
  if (/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(text)) return text;
  throw new InvalidArgumentError('expected a name of lower case letters, digits and dashes');
}

function readLease(text: string): number {
  const ms = /^[0-9]+(ms|s|m)$/.test(text) ? durationMs(text) : 0;
  if (ms >= SHORTEST_LEASE_MS) return ms;
  throw new InvalidArgumentError('expected a duration of 3s or more');
}

function readListen(text: string): ListenAddress | 'off' {
  const address = parseListenAddress(text);
  if (address !== null) return address;
  throw new InvalidArgumentError('expected HOST:PORT, [IPV6]:PORT or off');
}

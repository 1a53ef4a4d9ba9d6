/** A series to write: labels with `__name__`, and its samples, oldest first. */
export interface WrittenSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: readonly { readonly atMs: number; readonly value: number }[];
}

/** Brings samples into a Prometheus at once, without a scrape. Throws what it answered when it refuses. */
export async function remoteWrite(url: string, series: readonly WrittenSeries[]): Promise<void> {
  const answer = await fetch(`${url}/api/v1/write`, {
    method: 'POST',
    headers: {
      'Content-Encoding': 'snappy',
      'Content-Type': 'application/x-protobuf',
      'X-Prometheus-Remote-Write-Version': '0.1.0',
    },
    body: storedSnappy(Buffer.concat(series.map((one) => bytesField(1, encodeSeries(one))))),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`remote write to ${url}: answered ${answer.status}: ${text}`);
}

/** TimeSeries { repeated Label labels = 1; repeated Sample samples = 2 }, labels sorted by name. */
function encodeSeries({ labels, samples }: WrittenSeries): Buffer {
  const names = Object.keys(labels).sort();
  const encodedLabels = names.map((name) =>
    bytesField(1, Buffer.concat([textField(1, name), textField(2, labels[name] ?? '')])),
  );
  return Buffer.concat([...encodedLabels, ...samples.map((sample) => bytesField(2, encodeSample(sample)))]);
}

/** Sample { double value = 1; int64 timestamp = 2 } */
function encodeSample({ atMs, value }: WrittenSeries['samples'][number]): Buffer {
  const double = Buffer.alloc(9);
  double[0] = (1 << 3) | 1;
  double.writeDoubleLE(value, 1);
  return Buffer.concat([double, Buffer.from([(2 << 3) | 0]), varint(atMs)]);
}

function textField(field: number, text: string): Buffer {
  return bytesField(field, Buffer.from(text));
}

function bytesField(field: number, bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from([(field << 3) | 2]), varint(bytes.length), bytes]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  return Buffer.from([...bytes, rest]);
}

/** A valid snappy block that compresses nothing: the length, then literals of up to 64 KiB. */
function storedSnappy(bytes: Buffer): Buffer<ArrayBuffer> {
  const parts: Buffer[] = [varint(bytes.length)];
  for (let at = 0; at < bytes.length; at += 0x10000) {
    const literal = bytes.subarray(at, at + 0x10000);
    const tag = Buffer.from([61 << 2, 0, 0]);
    tag.writeUInt16LE(literal.length - 1, 1);
    parts.push(tag, literal);
  }
  return Buffer.concat(parts);
}

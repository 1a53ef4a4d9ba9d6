/** A series to write: labels with `__name__`, and its samples, oldest first. */
export interface WrittenSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: readonly { readonly atMs: number; readonly value: number }[];
  /** Samples of a native histogram instead. @default none */
  readonly histograms?: readonly HistogramSample[];
}

/** A native histogram of schema 0 at one time: of each whole number i from `firstBucket` on, how many were in 2^(i−1) < x ≤ 2^i. */
export interface HistogramSample {
  readonly atMs: number;
  readonly firstBucket: number;
  readonly counts: readonly number[];
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

/** TimeSeries { repeated Label labels = 1; repeated Sample samples = 2; repeated Histogram histograms = 4 }, labels sorted by name. */
function encodeSeries({ labels, samples, histograms = [] }: WrittenSeries): Buffer {
  const names = Object.keys(labels).sort();
  const encodedLabels = names.map((name) =>
    bytesField(1, Buffer.concat([textField(1, name), textField(2, labels[name] ?? '')])),
  );
  return Buffer.concat([
    ...encodedLabels,
    ...samples.map((sample) => bytesField(2, encodeSample(sample))),
    ...histograms.map((one) => bytesField(4, encodeHistogram(one))),
  ]);
}

/** Sample { double value = 1; int64 timestamp = 2 } */
function encodeSample({ atMs, value }: WrittenSeries['samples'][number]): Buffer {
  return Buffer.concat([doubleField(1, value), varintField(2, atMs)]);
}

/**
 * Histogram { uint64 count_int = 1; double sum = 3; sint32 schema = 4; uint64 zero_count_int = 6; repeated BucketSpan positive_spans = 11;
 * repeated sint64 positive_deltas = 12; int64 timestamp = 15 }, BucketSpan { sint32 offset = 1; uint32 length = 2 }.
 */
function encodeHistogram({ atMs, firstBucket, counts }: HistogramSample): Buffer {
  const span = Buffer.concat([varintField(1, zigzag(firstBucket)), varintField(2, counts.length)]);
  const deltas = counts.map((count, i) => varint(zigzag(count - (counts[i - 1] ?? 0))));
  return Buffer.concat([
    varintField(
      1,
      counts.reduce((sum, count) => sum + count, 0),
    ),
    doubleField(3, 0),
    varintField(4, zigzag(0)),
    varintField(6, 0),
    bytesField(11, span),
    bytesField(12, Buffer.concat(deltas)),
    varintField(15, atMs),
  ]);
}

/** A signed number for a varint, small ones short. */
function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}

function varintField(field: number, value: number): Buffer {
  return Buffer.concat([Buffer.from([field << 3]), varint(value)]);
}

function doubleField(field: number, value: number): Buffer {
  const double = Buffer.alloc(9);
  double[0] = (field << 3) | 1;
  double.writeDoubleLE(value, 1);
  return double;
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

/** Labels of one sample. Values are few and known: never a symbol or a client. */
export type MetricLabels = Readonly<Record<string, string>>;

type MetricKind = "counter" | "gauge" | "summary";

/** Every name begins with it. */
const PREFIX = "ims_";
const NAME = /^[a-z][a-z0-9_]*$/;

/**
 * The Prometheus text format, version 0.0.4. Values are in base units (seconds, bytes); counters end in `_total`.
 * Each metric is written at once with all its samples, as the format asks.
 */
export class MetricsText {
  readonly #lines: string[] = [];
  readonly #names = new Set<string>();

  /** A total that only rises. @param name without prefix and without `_total` */
  counter(name: string, help: string, samples: number | readonly (readonly [MetricLabels, number])[]): void {
    this.#family(`${name}_total`, "counter", help, samples);
  }

  gauge(name: string, help: string, samples: number | readonly (readonly [MetricLabels, number])[]): void {
    this.#family(name, "gauge", help, samples);
  }

  /** Quantiles since the start, with sum and count. */
  summary(
    name: string,
    help: string,
    { quantiles, sum, count }: { quantiles: Readonly<Record<string, number>>; sum: number; count: number },
  ): void {
    const full = this.#head(name, "summary", help);
    for (const [quantile, value] of Object.entries(quantiles)) this.#sample(full, { quantile }, value);
    this.#sample(`${full}_sum`, {}, sum);
    this.#sample(`${full}_count`, {}, count);
  }

  toString(): string {
    return `${this.#lines.join("\n")}\n`;
  }

  #family(
    name: string,
    kind: MetricKind,
    help: string,
    samples: number | readonly (readonly [MetricLabels, number])[],
  ): void {
    const full = this.#head(name, kind, help);
    if (typeof samples === "number") this.#sample(full, {}, samples);
    else for (const [labels, value] of samples) this.#sample(full, labels, value);
  }

  #head(name: string, kind: MetricKind, help: string): string {
    const full = PREFIX + name;
    if (!NAME.test(name) || this.#names.has(full)) throw new TypeError(`${full} is no new metric name`);
    this.#names.add(full);
    this.#lines.push(
      `# HELP ${full} ${help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")}`,
      `# TYPE ${full} ${kind}`,
    );
    return full;
  }

  #sample(name: string, labels: MetricLabels, value: number): void {
    const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`);
    const text = Number.isFinite(value)
      ? String(value)
      : Number.isNaN(value)
        ? "NaN"
        : value > 0
          ? "+Inf"
          : "-Inf";
    this.#lines.push(`${name}${pairs.length > 0 ? `{${pairs.join(",")}}` : ""} ${text}`);
  }
}

function escaped(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

/** One sample of the Prometheus text format. */
export interface PrometheusSample {
  readonly family: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (NaN|[+-]Inf|-?[0-9.]+(?:e[+-]?\d+)?)$/s;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:\\[\\"n]|[^\\"\n])*)"(?:,|$)/gy;
const SUFFIXES = ["", "_sum", "_count"];

/**
 * Reads the text strictly: each metric has help, type and then all its samples, and nothing stands twice.
 * @throws for the first line that is not so
 */
export function parsePrometheus(text: string): PrometheusSample[] {
  if (!text.endsWith("\n")) throw new Error("the text does not end with a line feed");
  const samples: PrometheusSample[] = [];
  const seen = new Set<string>();
  let helped = "";
  let family = "";
  for (const line of text.slice(0, -1).split("\n")) {
    const [, keyword, name, rest] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? [];
    if (keyword === "HELP") {
      if (seen.has(name!)) throw new Error(`${name} stands twice`);
      seen.add(name!);
      helped = name!;
    } else if (keyword === "TYPE") {
      if (name !== helped || !/^(counter|gauge|summary)$/.test(rest!)) throw new Error(`misplaced: ${line}`);
      family = name!;
    } else samples.push(sampleOf(line, family, seen));
  }
  return samples;
}

function sampleOf(line: string, family: string, seen: Set<string>): PrometheusSample {
  const [whole, name, labelText, value] = SAMPLE.exec(line) ?? [];
  if (!whole || !SUFFIXES.some((suffix) => name === family + suffix))
    throw new Error(`no sample of ${family}: ${line}`);
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  let end = 0;
  for (const match of (labelText ?? "").matchAll(LABEL)) {
    labels[match[1]!] = match[2]!.replace(/\\(.)/g, (_, letter: string) => (letter === "n" ? "\n" : letter));
    end = match.index + match[0].length;
  }
  if (end !== (labelText ?? "").length) throw new Error(`labels cannot be read: ${line}`);
  const key = `${name}${JSON.stringify(labels)}`;
  if (seen.has(key)) throw new Error(`${key} stands twice`);
  seen.add(key);
  return { family, name: name!, labels, value: Number(value!.replace("Inf", "Infinity")) };
}

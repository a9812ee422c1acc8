/** Text of one generated file: indented lines and the imports that they use. */
export class SourceFile {
  readonly #lines: string[] = [];
  readonly #imports = new Map<string, Set<string>>();
  #depth = 0;

  /** Appends lines at the current depth; an empty text is an empty line. */
  line(...lines: readonly string[]): void {
    for (const text of lines) this.#lines.push(text === "" ? "" : "  ".repeat(this.#depth) + text);
  }

  /** `head {`, the body one level deeper, `}` with what follows it. */
  block(head: string, body: () => void, tail = ""): void {
    this.line(`${head} {`);
    this.#depth++;
    body();
    this.#depth--;
    this.line(`}${tail}`);
  }

  /** A documentation comment; nothing for an empty list. */
  doc(...lines: readonly string[]): void {
    const safe = lines.flatMap((text) => text.replaceAll("*/", "* /").split(/\r\n|\r|\n/));
    if (safe.length === 1) this.line(`/** ${safe[0]!.trim()} */`);
    if (safe.length > 1) this.line("/**", ...safe.map((text) => ` * ${text.trim()}`.trimEnd()), " */");
  }

  /** Makes `name` from `module` known in this file and gives it back. */
  use(name: string, module: string): string {
    const names = this.#imports.get(module) ?? new Set();
    this.#imports.set(module, names.add(name));
    return name;
  }

  /** The whole file: banner, imports in a fixed order, body. */
  toString(banner: string): string {
    const imports = [...this.#imports]
      .sort(([a], [b]) => compare(a, b))
      .map(([module, names]) => `import { ${[...names].sort(compare).join(", ")} } from "${module}";`);
    return [banner, ...imports, ...(imports.length > 0 ? [""] : []), ...this.#lines, ""].join("\n");
  }
}

/** Order of code units: the same on every machine, whatever its language. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

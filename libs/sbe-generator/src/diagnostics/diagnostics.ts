/** Where in a schema something stands. */
export interface Place {
  readonly file: string;
  /** 1 for the first line. */
  readonly line: number;
  /** Element path, for example `/messageSchema/message[Trade]/field[price]`. */
  readonly path: string;
}

export interface Diagnostic {
  readonly severity: "error" | "warning";
  readonly place: Place;
  /** What is wrong, a sentence without final point. */
  readonly problem: string;
  /** What to do about it, a sentence without final point. */
  readonly advice: string;
}

/** `schema.xml:12: error: /messageSchema/message[Trade]: problem. Advice.` */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const { place, severity, problem, advice } = diagnostic;
  return `${place.file}:${place.line}: ${severity}: ${place.path}: ${problem}. ${advice}.`;
}

/** All faults of one schema together, one line each. */
export class SchemaError extends Error {
  override readonly name = "SchemaError";

  constructor(readonly diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map(formatDiagnostic).join("\n"));
  }
}

/** Stops a schema whose faults would otherwise fill the memory of the reader. */
const DIAGNOSTICS_MAX = 200;

/** Collects faults while a schema is read, so that one run reports all of them. */
export class Diagnostics {
  readonly #all: Diagnostic[] = [];

  error(place: Place, problem: string, advice: string): void {
    this.#add({ severity: "error", place, problem, advice });
  }

  warn(place: Place, problem: string, advice: string): void {
    this.#add({ severity: "warning", place, problem, advice });
  }

  get warnings(): readonly Diagnostic[] {
    return this.#all.filter(({ severity }) => severity === "warning");
  }

  /** Throws a {@link SchemaError} with every error found so far, if there is one. */
  throwIfErrors(): void {
    const errors = this.#all.filter(({ severity }) => severity === "error");
    if (errors.length > 0) throw new SchemaError(errors);
  }

  #add(diagnostic: Diagnostic): void {
    this.#all.push(diagnostic);
    if (this.#all.length >= DIAGNOSTICS_MAX) this.throwIfErrors();
  }
}

import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const EXPECTATIONS = "expectations.json";

/** A folder of its own with one session of recordings and its expectations, which a test may then make wrong. */
export class RecordingsCopy {
  readonly root = mkdtempSync(join(tmpdir(), "recordings-"));

  /**
   * @param folder where all recordings are
   * @param session name in its expectations
   */
  constructor(folder: string, session: string) {
    const all = JSON.parse(readFileSync(join(folder, EXPECTATIONS), "utf8")) as Record<
      string,
      { readonly files: readonly string[] }
    >;
    const expected = all[session]!;
    for (const file of expected.files) {
      mkdirSync(join(this.root, dirname(file)), { recursive: true });
      cpSync(join(folder, file), join(this.root, file));
    }
    this.expect({ [session]: expected });
  }

  /** Puts other sessions in place of what is expected. */
  expect(sessions: object): void {
    writeFileSync(join(this.root, EXPECTATIONS), JSON.stringify(sessions));
  }

  /** Changes the first place in the expectations; fails where there is none, and a test would change nothing. */
  change(from: string | RegExp, to: string): void {
    const text = readFileSync(join(this.root, EXPECTATIONS), "utf8");
    const changed = text.replace(from, to);
    if (changed === text) throw new Error(`there is no ${String(from)} in the expectations`);
    writeFileSync(join(this.root, EXPECTATIONS), changed);
  }

  remove(): void {
    rmSync(this.root, { recursive: true });
  }
}

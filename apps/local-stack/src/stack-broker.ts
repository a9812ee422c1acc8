import { freePort } from "./free-port.js";

const PORT = 8090;

/** The broker of a run: the one at `IGGY_URL`, or an embedded one on a free port. */
export class StackBroker {
  private constructor(
    readonly url: string,
    private readonly isGiven: boolean,
    /** What sets the folder of this run apart from those of others that run now: its port, or nothing for the first. */
    readonly folderSuffix: string,
  ) {}

  static async choose(given = process.env.IGGY_URL): Promise<StackBroker> {
    if (given !== undefined) return new StackBroker(given, true, "");
    const port = await freePort(PORT);
    return new StackBroker(`iggy://iggy:iggy@127.0.0.1:${port}`, false, port === PORT ? "" : `-${port}`);
  }

  /**
   * The line that says where it is, and whether it runs here.
   * @param healthUrl of the service that starts it if nothing answers
   */
  async line(healthUrl: string): Promise<string> {
    const response = await fetch(new URL("/status", healthUrl));
    const { broker } = (await response.json()) as { broker: { embedded: boolean } };
    const where = this.url.replace(/\/\/[^@]*@/, "//");
    return `Broker:   ${broker.embedded ? "embedded, " : ""}${where} (Apache Iggy protocol 0.11)`;
  }

  /**
   * Lines with commands of `ims` for another terminal. A given URL may have a password in it, and is not repeated.
   * @param commands that ask the broker
   * @param others that do not; they come first
   */
  hints(commands: readonly string[], others: readonly string[] = []): string[] {
    const head = `Try in another terminal${this.isGiven ? ", with the same IGGY_URL" : ""}: `;
    const isDefault = this.isGiven || this.url.endsWith(`:${PORT}`);
    const environment = isDefault ? "" : `IGGY_URL=${this.url} `;
    const all = [...others, ...commands.map((command) => `${environment}npx ims ${command}`)];
    return all.map((command, index) => `${index === 0 ? head : " ".repeat(head.length)}${command}`);
  }
}

import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Broker, startBroker } from "@ims/iggy-broker";
import { IggyClient } from "@ims/iggy-client";
import type { UserHeader } from "@ims/iggy-protocol";
import { SigningClient } from "@ims/signing-proto";
import { Child } from "../support/child.js";

export const SOURCE = { stream: "market", topic: "trades" } as const;
export const OUTPUT = { stream: "signed", topic: "trades" } as const;

/** A message as it is stored. */
export interface Stored {
  readonly id: bigint;
  readonly payload: Buffer;
  readonly headers: readonly UserHeader[];
}

/** What `ims verify` said of a partition. */
export interface Verdict {
  readonly partition: number;
  readonly ok: boolean;
  readonly messages: number;
  readonly batches: number;
  readonly waiting: number;
  readonly fault?: { readonly offset: number; readonly reason: string; readonly detail: string };
}

/** A broker with a topic of numbered messages, and signing services and the command line as processes. */
export class SigningStage {
  readonly sent: string[][];
  publicKey = "";
  /** Services that are not to end by themselves, and all that were started. */
  private readonly running: Child[] = [];
  private readonly started: Child[] = [];

  private constructor(
    private readonly folder: string,
    private broker: Broker,
    public client: IggyClient,
    partitions: number,
  ) {
    this.sent = Array.from({ length: partitions }, () => []);
  }

  static async start(partitions: number, scheme: string): Promise<SigningStage> {
    const folder = await mkdtemp(join(tmpdir(), "ims-signing-"));
    const broker = await startBroker({ port: 0, dataDir: join(folder, "broker") });
    const client = await IggyClient.connect(`iggy://iggy:iggy@127.0.0.1:${broker.port}`);
    await client.streams.ensure(SOURCE.stream);
    await client.topics.ensure(SOURCE.stream, { name: SOURCE.topic, partitionCount: partitions });
    const stage = new SigningStage(folder, broker, client, partitions);
    const made = await stage.ims("sign-key", "new", stage.keyFile, "--scheme", scheme);
    if (made.code !== 0) throw new Error(made.errors);
    stage.publicKey = made.output.split(" ")[0]!;
    return stage;
  }

  get keyFile(): string {
    return join(this.folder, "signing.key");
  }

  get url(): string {
    return `iggy://iggy:iggy@127.0.0.1:${this.broker.port}`;
  }

  /** Starts a signing service; resolves when it is ready. */
  async service(env: Readonly<Record<string, string>> = {}): Promise<Child> {
    const child = this.process(env);
    this.running.push(child);
    await child.printed(/"msg":"ready"/);
    return child;
  }

  /** Starts one that is not expected to stay. */
  process(env: Readonly<Record<string, string>>): Child {
    const child = Child.node("apps/signing-service/dist/main.js", [], {
      IGGY_URL: this.url,
      IMS_BROKER: "external",
      IMS_HTTP_PORT: "0",
      IMS_CHECKPOINT_MILLIS: "100",
      IMS_SIGN_SOURCES: `${SOURCE.stream}/${SOURCE.topic}=${OUTPUT.topic}`,
      IMS_SIGN_KEY_FILE: this.keyFile,
      IMS_SIGN_SCHEME: this.publicKey.split(":")[0]!,
      IMS_SIGN_GRPC: "127.0.0.1:0",
      ...env,
    });
    this.started.push(child);
    return child;
  }

  /** A client of the gRPC service of a child. */
  async caller(child: Child): Promise<SigningClient> {
    const [, port] = await child.printed(/"port":(\d+)/);
    return new SigningClient(`127.0.0.1:${port}`);
  }

  async health(child: Child): Promise<string> {
    const [, url] = await child.printed(/"health":"(http:[^"]+)"/);
    return url!.replace(/\/health$/, "");
  }

  /** Sends so many messages to each partition. */
  async send(count: number): Promise<void> {
    for (const [partitionId, sent] of this.sent.entries()) {
      const payloads = Array.from({ length: count }, (_, index) => `${partitionId}:${sent.length + index}`);
      sent.push(...payloads);
      await this.client.sendMessages({
        ...SOURCE,
        partitioning: { kind: "partition", partitionId },
        messages: payloads.map((text) => ({ payload: Buffer.from(text) })),
      });
    }
  }

  get sentCount(): number {
    return this.sent.reduce((sum, { length }) => sum + length, 0);
  }

  async storedCount(): Promise<number> {
    return (await this.client.topics.get(OUTPUT.stream, OUTPUT.topic))?.messageCount ?? 0;
  }

  /** Asks again and again, in turn with the processes, which end the wait when they die. */
  async until(condition: () => boolean | Promise<boolean>): Promise<void> {
    let end: number | string | undefined;
    for (const child of this.running) {
      void child.exited.then((code) => {
        if (this.running.includes(child)) end = `${code}\n${child.output}\n${child.errors}`;
      });
    }
    while (!(await condition())) {
      if (end !== undefined) throw new Error(`a service ended: ${end}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** All messages of a partition of the signed topic. */
  async stored(partitionId: number): Promise<Stored[]> {
    const found: Stored[] = [];
    for (;;) {
      const reply = await this.client.poll({
        ...OUTPUT,
        partitionId,
        consumer: { kind: "consumer", id: "e2e" },
        strategy: { kind: "offset", value: found.length },
        count: 1000,
      });
      if (reply.messageCount === 0) return found;
      while (reply.next()) {
        const id = (reply.idHigh << 64n) | reply.idLow;
        found.push({ id, payload: Buffer.from(reply.payload()), headers: reply.headers() });
      }
    }
  }

  /** Payloads of a partition without the records of batches. */
  async copies(partitionId: number): Promise<string[]> {
    const stored = await this.stored(partitionId);
    return stored.filter(({ headers }) => headers.length !== 2).map(({ payload }) => payload.toString());
  }

  /** Writes messages into a topic of their own, as somebody might who has the broker but not the key. */
  async forge(topic: string, messages: readonly Stored[]): Promise<void> {
    await this.client.streams.ensure("forged");
    await this.client.topics.ensure("forged", { name: topic, partitionCount: 1 });
    for (let start = 0; start < messages.length; start += 500) {
      await this.client.sendMessages({
        stream: "forged",
        topic,
        partitioning: { kind: "partition", partitionId: 0 },
        messages: messages.slice(start, start + 500).map(({ id, payload, headers }) => ({
          id,
          payload,
          ...(headers.length > 0 && { headers: [...headers] }),
        })),
      });
    }
  }

  /** Runs `ims verify` of a stream. */
  async verify(stream: string, ...more: string[]): Promise<{ code: number | string; verdicts: Verdict[] }> {
    const run = await this.ims("verify", stream, "--url", this.url, "--public-key", this.publicKey, ...more);
    if (run.code === 2 || run.output === "") throw new Error(`${run.code}: ${run.errors}`);
    const lines = run.output.trim().split("\n");
    return { code: run.code, verdicts: lines.map((line) => JSON.parse(line) as Verdict) };
  }

  async ims(...args: string[]): Promise<{ code: number | string; output: string; errors: string }> {
    const child = Child.node("apps/ims-client/bin/ims.js", args);
    const code = await child.exited;
    return { code, output: child.output, errors: child.errors };
  }

  /** Ends a service; its exit is no failure any more. */
  async endService(child: Child, signal: "SIGKILL" | "SIGTERM"): Promise<number | string> {
    this.running.splice(this.running.indexOf(child), 1);
    child.kill(signal);
    return child.exited;
  }

  /** Changes one bit of the last octet of a stored text, in the files of the broker while that is stopped. */
  async damage(text: string): Promise<void> {
    await this.client.close();
    await this.broker.close();
    const dataDir = join(this.folder, "broker");
    for (const name of await readdir(dataDir, { recursive: true })) {
      if (!name.endsWith(".log")) continue;
      const path = join(dataDir, name);
      const content = await readFile(path);
      const at = content.indexOf(text);
      // The source holds the text, too, and no signatures.
      if (at < 0 || !content.includes("ims-signature")) continue;
      content[at + text.length - 1]! ^= 1;
      await writeFile(path, content);
    }
    this.broker = await startBroker({ port: 0, dataDir });
    this.client = await IggyClient.connect(this.url);
  }

  keyText(): Promise<string> {
    return readFile(this.keyFile, "utf8");
  }

  async end(): Promise<void> {
    for (const child of this.started) {
      child.kill("SIGKILL");
      await child.exited;
    }
    await this.client.close();
    await this.broker.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach } from "vitest";
import { startBroker } from "../broker.js";
import type { Broker, BrokerOptions } from "../broker-options.js";
import { FrameClient } from "./frame-client.js";

/** A folder of its own for each test, and the brokers and clients over it, which end with the test. */
export class FolderBrokers {
  directory = "";
  private brokers: Broker[] = [];
  private clients: FrameClient[] = [];

  constructor() {
    beforeEach(() => {
      this.directory = mkdtempSync(join(tmpdir(), "iggy-broker-"));
    });
    afterEach(() => this.end());
  }

  async start(options: Partial<BrokerOptions> = {}): Promise<Broker> {
    return this.keep(await startBroker({ port: 0, dataDir: this.directory, ...options }));
  }

  /** Closes a broker that was started otherwise, after the test. */
  keep(broker: Broker): Broker {
    this.brokers.push(broker);
    return broker;
  }

  async login({ port }: { readonly port: number }, client = 0x1234n): Promise<FrameClient> {
    const peer = await FrameClient.login(port, client);
    this.clients.push(peer);
    return peer;
  }

  private async end(): Promise<void> {
    await Promise.all(this.clients.map((client) => client.end()));
    await Promise.all(this.brokers.map((broker) => broker.close()));
    this.clients = [];
    this.brokers = [];
    rmSync(this.directory, { recursive: true, force: true });
  }
}

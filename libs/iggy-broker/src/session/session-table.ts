import type { UserEntry } from "../catalog/user-registry.js";

/** The replies of a client's last metadata commands are kept for requests that it sends again. */
const KEPT_REPLY_COUNT = 5;
const CLIENT_COUNT_MAX = 8192;

/** One registration. */
export interface Session {
  /** The 128-bit id that the client drew. */
  readonly client: bigint;
  /** Strictly increasing over the life of the data folder, never 0. */
  readonly number: number;
  readonly user: UserEntry;
  /** Takes the session away from its connection, as when another one registers the same client id. */
  readonly release: () => void;
}

/** What a metadata request with a given number must be answered. */
export type Admission =
  | { readonly kind: "new" }
  | { readonly kind: "repeated"; readonly reply: Uint8Array }
  | { readonly kind: "applied" };

interface KeptReply {
  readonly request: bigint;
  readonly checksum: bigint;
  readonly reply: Uint8Array;
}

/** Highest request number of one session and its latest replies (wire.md section 4.4). */
class RequestHistory {
  private watermark = 0n;
  private readonly kept: KeptReply[] = [];

  admit(request: bigint, checksum: bigint): Admission {
    if (request > this.watermark) return { kind: "new" };
    const known = this.kept.find((entry) => entry.request === request);
    const differs =
      checksum !== 0n && known !== undefined && known.checksum !== 0n && known.checksum !== checksum;
    return known === undefined || differs ? { kind: "applied" } : { kind: "repeated", reply: known.reply };
  }

  record(request: bigint, checksum: bigint, reply: Uint8Array): void {
    this.watermark = request;
    this.kept.push({ request, checksum, reply });
    if (this.kept.length > KEPT_REPLY_COUNT) this.kept.shift();
  }
}

/** Who is registered. Sessions end with their connection; the session registered longest ago goes when it is full. */
export class SessionTable {
  private readonly byClient = new Map<
    bigint,
    { readonly session: Session; readonly history: RequestHistory }
  >();

  /** @param onEnded called for every session that ends, whatever the reason */
  constructor(private readonly onEnded: (session: Session) => void = () => undefined) {}

  get count(): number {
    return this.byClient.size;
  }

  find(client: bigint): Session | undefined {
    return this.byClient.get(client)?.session;
  }

  add(session: Session): void {
    const replaced = this.find(session.client);
    if (replaced !== undefined) {
      replaced.release();
      this.remove(replaced);
    }
    this.byClient.set(session.client, { session, history: new RequestHistory() });
    if (this.byClient.size <= CLIENT_COUNT_MAX) return;
    for (const { session: oldest } of this.byClient.values()) {
      this.remove(oldest);
      oldest.release();
      return;
    }
  }

  /** Forgets a session, unless its client has registered again since. */
  remove(session: Session): void {
    if (this.find(session.client) !== session) return;
    this.byClient.delete(session.client);
    this.onEnded(session);
  }

  admit(session: Session, request: bigint, checksum: bigint): Admission {
    return this.byClient.get(session.client)?.history.admit(request, checksum) ?? { kind: "new" };
  }

  record(session: Session, request: bigint, checksum: bigint, reply: Uint8Array): void {
    this.byClient.get(session.client)?.history.record(request, checksum, reply);
  }
}

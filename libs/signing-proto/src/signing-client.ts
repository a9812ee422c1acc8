import { credentials, Metadata, makeClientConstructor } from "@grpc/grpc-js";
import type {
  BackendLabel,
  PublicKeyMessage,
  SigningStatusMessage,
  SignReplyMessage,
  SignRequestMessage,
  SwitchBackendMessage,
  VerifyReplyMessage,
  VerifyRequestMessage,
} from "./messages.js";
import { SIGNING_SERVICE, signingService } from "./signing-service.js";

export const SIGNING_ADDRESS_DEFAULT = "127.0.0.1:9052";
/** Octets of a request, and of a reply. */
export const SIGNING_REQUEST_BYTES_MAX = 4 << 20;
export const SIGN_MESSAGES_MAX = 1_024;

type Done = (error: Error | null, reply?: unknown) => void;
type Method = "Sign" | "Verify" | "PublicKeys" | "SwitchBackend" | "Status";
type Stub = Readonly<Record<Method, (request: object, metadata: Metadata, done: Done) => void>> & {
  close(): void;
};

export interface SigningClientOptions {
  /** Of the service, where it has one. */
  readonly token?: string;
}

/** Asks a signing service. Errors are those of gRPC: `code` and `details`. */
export class SigningClient {
  readonly #stub: Stub;
  readonly #metadata = new Metadata();

  /** @param address `host:port`; an IPv6 host in brackets */
  constructor(address: string = SIGNING_ADDRESS_DEFAULT, { token }: SigningClientOptions = {}) {
    const Client = makeClientConstructor(signingService, SIGNING_SERVICE);
    this.#stub = new Client(address, credentials.createInsecure(), {
      "grpc.max_receive_message_length": SIGNING_REQUEST_BYTES_MAX,
    }) as unknown as Stub;
    if (token !== undefined) this.#metadata.set("authorization", `Bearer ${token}`);
  }

  /** One signature of 64 octets for each message. */
  sign(request: Partial<SignRequestMessage>): Promise<SignReplyMessage> {
    return this.#call("Sign", request);
  }

  verify(request: VerifyRequestMessage): Promise<VerifyReplyMessage> {
    return this.#call("Verify", request);
  }

  async publicKeys(): Promise<readonly PublicKeyMessage[]> {
    const reply = await this.#call<{ keys: readonly PublicKeyMessage[] }>("PublicKeys", {});
    return reply.keys;
  }

  switchBackend(backend: BackendLabel): Promise<SwitchBackendMessage> {
    return this.#call("SwitchBackend", { backend });
  }

  status(): Promise<SigningStatusMessage> {
    return this.#call("Status", {});
  }

  close(): void {
    this.#stub.close();
  }

  #call<Reply>(method: Method, request: object): Promise<Reply> {
    return new Promise((resolve, reject) => {
      this.#stub[method](request, this.#metadata, (error, reply) =>
        error ? reject(error) : resolve(reply as Reply),
      );
    });
  }
}

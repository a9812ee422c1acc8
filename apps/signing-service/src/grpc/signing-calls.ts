import { type ServerUnaryCall, type sendUnaryData, status } from "@grpc/grpc-js";
import { describeError, isImsError, type Logger } from "@ims/common";
import { DIGEST_BYTES, DigestMaker, SIGNATURE_BYTES, SigningEngine } from "@ims/signing";
import {
  type BackendLabel,
  type PublicKeyMessage,
  SIGN_MESSAGES_MAX,
  type SigningStatusMessage,
  type SignReplyMessage,
  type SignRequestMessage,
  type SwitchBackendMessage,
  type VerifyReplyMessage,
  type VerifyRequestMessage,
} from "@ims/signing-proto";
import type { Signer } from "../signer.js";
import { CallRefused } from "./call-refused.js";
import type { CallerCheck } from "./caller-check.js";
import { backendLabel, backendOf, schemeLabel, schemeOf } from "./names.js";

const CONTEXT_BYTES_MAX = 1_000;
/** Begins the context of what is signed for callers, so that none of it is the signature of a message in a stream. */
const CALL_CONTEXT = Buffer.from("call\0");

type Call<Request> = ServerUnaryCall<Request, unknown>;
type Reply<Message> = sendUnaryData<Message>;

/** The methods of the service Signing. */
export class SigningCalls {
  /** Verifying is the same with every backend; this one loads everywhere. */
  readonly #verifier = new SigningEngine({ backends: ["js"] });
  /** Calls that were refused. */
  refusedCount = 0;

  constructor(
    private readonly signer: Signer,
    private readonly callers: CallerCheck,
    private readonly logger: Logger,
  ) {}

  readonly sign = (call: Call<SignRequestMessage>, reply: Reply<SignReplyMessage>): void => {
    void this.#answer(reply, async () => {
      this.callers.require(call.metadata);
      const { keyId, messages } = call.request;
      const { key } = this.signer;
      if (keyId !== "" && keyId !== key.keyId)
        throw refused(`there is no key of this id; there is ${key.keyId}`);
      const digests = digestsOf(call.request.context, messages);
      const signatures = Buffer.alloc(messages.length * SIGNATURE_BYTES);
      await this.signer.sign(digests, signatures);
      return {
        signatures: messages.map((_, index) => partOf(signatures, index, SIGNATURE_BYTES)),
        keyId: key.keyId,
        scheme: schemeLabel(key.scheme),
        publicKey: Buffer.from(key.publicKey),
      };
    });
  };

  readonly verify = (call: Call<VerifyRequestMessage>, reply: Reply<VerifyReplyMessage>): void => {
    void this.#answer(reply, async () => {
      const { context, messages, publicKey, signatures } = call.request;
      const scheme = schemeOf(call.request.scheme);
      if (scheme === undefined) throw refused("name a scheme");
      if (signatures.length !== messages.length) {
        throw refused(`${signatures.length} signatures for ${messages.length} messages`);
      }
      const digests = digestsOf(context, messages);
      const firstBad = signatures.findIndex(
        (signature, index) =>
          !this.#verifier.verify(scheme, publicKey, partOf(digests, index, DIGEST_BYTES), signature),
      );
      return firstBad < 0 ? { valid: true } : { valid: false, firstBad };
    });
  };

  readonly publicKeys = (_call: Call<object>, reply: Reply<{ keys: readonly PublicKeyMessage[] }>): void => {
    const { keyId, publicKey, scheme } = this.signer.key;
    reply(null, { keys: [{ keyId, scheme: schemeLabel(scheme), publicKey: Buffer.from(publicKey) }] });
  };

  readonly switchBackend = (
    call: Call<{ readonly backend: BackendLabel }>,
    reply: Reply<SwitchBackendMessage>,
  ): void => {
    void this.#answer(reply, async () => {
      this.callers.require(call.metadata);
      const backend = backendOf(call.request.backend);
      if (backend === undefined) throw refused("name a backend: NATIVE, WASM or JS");
      const previous = this.signer.use(backend);
      this.logger.info({ backend, previous, peer: call.getPeer() }, "the backend was switched");
      return { backend: backendLabel(backend), previous: backendLabel(previous) };
    });
  };

  readonly status = (_call: Call<object>, reply: Reply<SigningStatusMessage>): void => {
    const { available, backend, signatureCount, switchCount, waiting, workerDeaths } = this.signer;
    reply(null, {
      backend: backendLabel(backend),
      available: available.map(backendLabel),
      signatures: String(signatureCount),
      switches: String(switchCount),
      waiting,
      workerDeaths,
    });
  };

  close(): void {
    this.#verifier.close();
  }

  async #answer<Message>(reply: Reply<Message>, work: () => Promise<Message>): Promise<void> {
    try {
      reply(null, await work());
    } catch (error) {
      this.refusedCount++;
      const { code, details } = error instanceof CallRefused ? error : refusalOf(error);
      if (code === status.INTERNAL) this.logger.error({ error: describeError(error) }, "a call failed");
      reply({ code, details });
    }
  }
}

function digestsOf(context: Uint8Array, messages: readonly Uint8Array[]): Buffer {
  if (messages.length < 1 || messages.length > SIGN_MESSAGES_MAX) {
    throw refused(`${messages.length} messages; it goes from 1 to ${SIGN_MESSAGES_MAX}`);
  }
  if (context.length > CONTEXT_BYTES_MAX) {
    throw refused(`the context has ${context.length} octets, ${CONTEXT_BYTES_MAX} at most`);
  }
  const maker = new DigestMaker(Buffer.concat([CALL_CONTEXT, context]));
  const digests = Buffer.alloc(messages.length * DIGEST_BYTES);
  for (const [index, message] of messages.entries()) maker.digest(message, digests, index * DIGEST_BYTES);
  return digests;
}

function partOf(bytes: Buffer, index: number, length: number): Buffer {
  return bytes.subarray(index * length, (index + 1) * length);
}

function refused(details: string): CallRefused {
  return new CallRefused(status.INVALID_ARGUMENT, details);
}

function refusalOf(error: unknown): { readonly code: status; readonly details: string } {
  const details = describeError(error);
  if (isImsError(error, "signing.pool-full")) return { code: status.RESOURCE_EXHAUSTED, details };
  if (isImsError(error, "signing.pool-closed")) return { code: status.UNAVAILABLE, details };
  if (isImsError(error, "signing-service.bad-setting")) return { code: status.FAILED_PRECONDITION, details };
  return { code: status.INTERNAL, details: "the service failed; its log says why" };
}

import type { Clock, Logger } from "@ims/common";
import { GrpcHost } from "@ims/grpc-host";
import { SIGNING_REQUEST_BYTES_MAX, SIGNING_SERVICE, signingProto } from "@ims/signing-proto";
import type { SigningCalls } from "./signing-calls.js";

const STREAMS_PER_CONNECTION_MAX = 100;

/** The gRPC server of the signing service, with health and reflection. */
export class SigningServer {
  readonly #host: GrpcHost;

  constructor(
    private readonly calls: SigningCalls,
    clock: Clock,
    logger: Logger,
  ) {
    const { publicKeys, sign, status, switchBackend, verify } = calls;
    this.#host = new GrpcHost({
      service: {
        name: SIGNING_SERVICE,
        proto: signingProto,
        methods: {
          Sign: sign,
          Verify: verify,
          PublicKeys: publicKeys,
          SwitchBackend: switchBackend,
          Status: status,
        },
      },
      setting: "IMS_SIGN_GRPC",
      requestBytesMax: SIGNING_REQUEST_BYTES_MAX,
      streamsPerConnectionMax: STREAMS_PER_CONNECTION_MAX,
      clock,
      logger,
    });
  }

  /**
   * Listens on `host:port`, port 0 for any free one, and serves at once; resolves with the port.
   * @throws ImsError `grpc.address`
   */
  async listen(address: string): Promise<number> {
    await this.#host.listen(address);
    this.#host.setServing(true);
    return this.#host.port;
  }

  /** Takes no more calls and lets those under way end, at most two seconds long. */
  async close(): Promise<void> {
    await this.#host.close();
    this.calls.close();
  }
}

import {
  type Client,
  type ClientDuplexStream,
  credentials,
  makeClientConstructor,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceError,
  type sendUnaryData,
  status,
} from "@grpc/grpc-js";
import { SimulatedClock } from "@ims/common";
import { healthProto, loadProto, reflectionProto } from "@ims/grpc-proto";
import { onCallEnd } from "../call-end.js";
import { GrpcHost, type GrpcHostOptions } from "../grpc-host.js";

export const ECHO_SERVICE = "ims.spec.v1.Echo";
const echoProto = loadProto("echo.proto", new URL("./", import.meta.url));

export interface Line {
  readonly text: string;
}

/** A host of a service that keeps calls until it is told to answer, and clients of it. */
export class EchoStage {
  readonly clock = new SimulatedClock();
  readonly warnings: string[] = [];
  /** Answers the calls of Say that wait, in their order. */
  readonly held: (() => void)[] = [];
  readonly followers = new Set<ServerWritableStream<Line, Line>>();
  readonly host: GrpcHost;
  readonly #clients: Client[] = [];

  constructor(options: Partial<GrpcHostOptions> = {}) {
    this.host = new GrpcHost({
      service: {
        name: ECHO_SERVICE,
        proto: echoProto,
        methods: { Say: this.#say, Follow: this.#follow },
        endAll: () => {
          for (const call of this.followers) {
            call.emit("error", { code: status.UNAVAILABLE, details: "it ends" });
          }
        },
      },
      setting: "ECHO_ADDR",
      requestBytesMax: 1000,
      clock: this.clock,
      logger: { warn: (_details, message) => void this.warnings.push(message) },
      ...options,
    });
  }

  static async open(options: Partial<GrpcHostOptions> = {}): Promise<EchoStage> {
    const stage = new EchoStage(options);
    await stage.host.listen("127.0.0.1:0");
    return stage;
  }

  /** A client with a connection of its own. */
  client(): EchoClient {
    const client = new EchoClient(`127.0.0.1:${this.host.port}`);
    this.#clients.push(...client.stubs);
    return client;
  }

  /** Ends clients and host; no call may keep it from closing at once. */
  async close(): Promise<void> {
    for (const answer of this.held) answer();
    for (const client of this.#clients) client.close();
    await this.host.close();
  }

  readonly #say = ({ request }: ServerUnaryCall<Line, Line>, reply: sendUnaryData<Line>): void => {
    if (request.text === "throw") throw new Error("a secret of the service");
    if (request.text.startsWith("hold")) this.held.push(() => reply(null, request));
    else reply(null, request);
  };

  readonly #follow = (call: ServerWritableStream<Line, Line>): void => {
    this.followers.add(call);
    onCallEnd(call, () => this.followers.delete(call));
    call.write(call.request);
  };
}

type Unary = (
  request: object,
  options: object,
  done: (error: ServiceError | null, reply: never) => void,
) => void;
type Many = (request?: object, options?: object) => ClientDuplexStream<object, object>;
type Stub = Client & Readonly<Record<string, Unary & Many>>;

export class EchoClient {
  readonly #echo: Stub;
  readonly #health: Stub;
  readonly #reflection: Stub;

  constructor(address: string) {
    const stub = (definition: Parameters<typeof makeClientConstructor>[0]) => {
      const Stub = makeClientConstructor(definition, "");
      return new Stub(address, credentials.createInsecure(), {
        "grpc.use_local_subchannel_pool": 1,
        "grpc.enable_retries": 0,
      }) as unknown as Stub;
    };
    this.#echo = stub(echoProto.service(ECHO_SERVICE));
    this.#health = stub(healthProto.service("grpc.health.v1.Health"));
    this.#reflection = stub(reflectionProto.service("grpc.reflection.v1.ServerReflection"));
  }

  get stubs(): readonly Client[] {
    return [this.#echo, this.#health, this.#reflection];
  }

  async say(text: string, options: object = {}): Promise<string> {
    const { text: answer } = await this.#ask<Line>((done) => this.#echo.Say!({ text }, options, done));
    return answer;
  }

  follow(text: string, options: object = {}) {
    return this.#echo.Follow!({ text }, options);
  }

  async check(service: string): Promise<string> {
    const reply = await this.#ask<{ status: string }>((done) => this.#health.Check!({ service }, {}, done));
    return reply.status;
  }

  watch(service: string) {
    return this.#health.Watch!({ service });
  }

  reflect() {
    return this.#reflection.ServerReflectionInfo!();
  }

  #ask<Reply>(call: (done: (error: ServiceError | null, reply: Reply) => void) => void): Promise<Reply> {
    return new Promise((resolve, reject) => {
      call((error, reply) => (error ? reject(error) : resolve(reply)));
    });
  }
}

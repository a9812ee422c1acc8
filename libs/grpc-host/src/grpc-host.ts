import {
  Server,
  ServerCredentials,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import type { Clock } from "@ims/common";
import { healthProto, type LoadedProto, reflectionProto } from "@ims/grpc-proto";
import { HealthCalls } from "./health-calls.js";
import { type Listener, type ListenerLogger, listen } from "./listener.js";
import { ReflectionCalls } from "./reflection-calls.js";

/** How long calls under way may take when the host closes. */
const SHUTDOWN_MILLIS = 2000;
const KEEPALIVE_MILLIS = 60_000;
const KEEPALIVE_TIMEOUT_MILLIS = 20_000;
const STREAMS_PER_CONNECTION_MAX = 1000;
const CONNECTIONS_MAX = 1000;

/** One service of a host. */
export interface HostedService {
  /** Full name. */
  readonly name: string;
  /** The file that defines it. */
  readonly proto: LoadedProto;
  /** In place of what the file says, where messages are encoded in another way. */
  readonly definition?: ServiceDefinition;
  /** By the names of the file. */
  readonly methods: object;
  /** Ends calls that would not end by themselves: the first step of a shutdown. */
  endAll?(): void;
}

export interface GrpcHostOptions {
  readonly service: HostedService;
  /** Name of the setting that holds the address, for errors. */
  readonly setting: string;
  /** Octets of a request; a larger one gets RESOURCE_EXHAUSTED. */
  readonly requestBytesMax: number;
  /** Calls at once on one connection; what is more waits in its client. Default 1000. */
  readonly streamsPerConnectionMax?: number;
  /** A connection beyond this many is closed at once: its client reads UNAVAILABLE. Default 1000. */
  readonly connectionsMax?: number;
  /** Each connection is pinged so often, by the time of the gRPC library. Default 60 s. */
  readonly keepaliveMillis?: number;
  /** A connection whose client has not answered a ping after so long is dropped. Default 20 s. */
  readonly keepaliveTimeoutMillis?: number;
  readonly clock: Clock;
  readonly logger: ListenerLogger;
}

/** A gRPC server of one service, with health and reflection. Everything on it is bounded, and ends when it closes. */
export class GrpcHost {
  readonly #server: Server;
  readonly #health: HealthCalls;
  readonly #reflection: ReflectionCalls;
  #listener: Listener | undefined;
  #closing: Promise<void> | undefined;

  constructor(private readonly options: GrpcHostOptions) {
    const { requestBytesMax, service } = options;
    this.#server = new Server({
      "grpc.max_receive_message_length": requestBytesMax,
      "grpc.max_concurrent_streams": options.streamsPerConnectionMax ?? STREAMS_PER_CONNECTION_MAX,
      "grpc.keepalive_time_ms": options.keepaliveMillis ?? KEEPALIVE_MILLIS,
      "grpc.keepalive_timeout_ms": options.keepaliveTimeoutMillis ?? KEEPALIVE_TIMEOUT_MILLIS,
    });
    this.#health = new HealthCalls([service.name]);
    this.#reflection = new ReflectionCalls([service.proto, healthProto, reflectionProto]);
    this.#add(service.definition ?? service.proto.service(service.name), service.methods);
    const { check, watch } = this.#health;
    this.#add(healthProto.service("grpc.health.v1.Health"), { Check: check, Watch: watch });
    const { info } = this.#reflection;
    this.#add(reflectionProto.service("grpc.reflection.v1.ServerReflection"), { ServerReflectionInfo: info });
  }

  /** On which it listens; 0 before it does. */
  get port(): number {
    return this.#listener?.port ?? 0;
  }

  /**
   * Takes calls on `host:port`, port 0 for any free one. Health says NOT_SERVING until `setServing`.
   * @throws ImsError `grpc.address`
   */
  async listen(address: string): Promise<void> {
    const { connectionsMax = CONNECTIONS_MAX, logger, setting } = this.options;
    const connections = this.#server.createConnectionInjector(ServerCredentials.createInsecure());
    const onConnection = connections.injectConnection.bind(connections);
    this.#listener = await listen({ address, setting, connectionsMax, logger, onConnection });
  }

  /** What health answers, of the host and of its service. */
  setServing(isServing: boolean): void {
    this.#health.setServing(isServing);
  }

  /**
   * Takes no more connections and calls, ends what would stay open, and lets other calls end, at most two seconds long.
   * Those that are under way still are then cut off: their clients read UNAVAILABLE or CANCELLED.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#health.setServing(false);
    this.#listener?.stop();
    this.options.service.endAll?.();
    this.#health.endAll();
    this.#reflection.endAll();
    await new Promise<void>((resolve) => {
      const timer = this.options.clock.setTimer(SHUTDOWN_MILLIS, () => {
        this.#server.forceShutdown();
        resolve();
      });
      this.#server.tryShutdown(() => {
        timer.cancel();
        resolve();
      });
    });
  }

  #add(definition: ServiceDefinition, methods: object): void {
    this.#server.addService(definition, methods as UntypedServiceImplementation);
  }
}

import { type ServerDuplexStream, status } from "@grpc/grpc-js";
import type { LoadedProto } from "@ims/grpc-proto";
import { onCallEnd } from "./call-end.js";

interface ReflectionRequest {
  readonly host: string;
  readonly messageRequest?: "fileByFilename" | "fileContainingSymbol" | "listServices";
  readonly fileByFilename?: string;
  readonly fileContainingSymbol?: string;
}
type ReflectionCall = ServerDuplexStream<ReflectionRequest, object>;

const CALLS_MAX = 100;

/** `grpc.reflection.v1`: what a server offers, as tools such as grpcurl ask for it. */
export class ReflectionCalls {
  readonly #open = new Set<ReflectionCall>();

  constructor(
    private readonly files: readonly LoadedProto[],
    private readonly callsMax = CALLS_MAX,
  ) {}

  readonly info = (call: ReflectionCall): void => {
    if (this.#open.size >= this.callsMax) {
      const details = "as many reflection calls as may be are open; try again later";
      call.emit("error", { code: status.RESOURCE_EXHAUSTED, details });
      return;
    }
    this.#open.add(call);
    onCallEnd(call, () => this.#open.delete(call));
    call.on("data", (request: ReflectionRequest) => {
      const answer = { validHost: request.host, originalRequest: request, ...this.#answerTo(request) };
      if (call.write(answer)) return;
      // Questions of a client that does not read the answers stay in its own buffers.
      call.pause();
      call.once("drain", () => call.resume());
    });
    call.on("end", () => call.end());
  };

  endAll(): void {
    for (const call of this.#open) call.end();
  }

  #answerTo(request: ReflectionRequest): object {
    const { files } = this;
    switch (request.messageRequest) {
      case "listServices": {
        const service = files.flatMap(({ services }) => services.map((name) => ({ name })));
        return { listServicesResponse: { service } };
      }
      case "fileContainingSymbol":
        return fileAnswer(files.find((file) => defines(file, request.fileContainingSymbol ?? "")));
      case "fileByFilename":
        return fileAnswer(files.find(({ fileName }) => fileName === request.fileByFilename));
      default:
        return failure(status.UNIMPLEMENTED, "only services, files and symbols can be asked for");
    }
  }
}

/** Whether the file defines the symbol, or a message, method or value within one that it does. */
function defines({ symbols }: LoadedProto, name: string): boolean {
  return symbols.some((symbol) => name === symbol || name.startsWith(`${symbol}.`));
}

function fileAnswer(file: LoadedProto | undefined): object {
  if (!file) return failure(status.NOT_FOUND, "nothing of this name is defined here");
  return { fileDescriptorResponse: { fileDescriptorProto: file.descriptors } };
}

function failure(errorCode: status, errorMessage: string): object {
  return { errorResponse: { errorCode, errorMessage } };
}

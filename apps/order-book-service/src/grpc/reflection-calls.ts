import { type ServerDuplexStream, status } from "@grpc/grpc-js";
import { bookProto, healthProto, type LoadedProto, reflectionProto } from "@ims/book-proto";

interface ReflectionRequest {
  readonly host: string;
  readonly messageRequest?: "fileByFilename" | "fileContainingSymbol" | "listServices";
  readonly fileByFilename?: string;
  readonly fileContainingSymbol?: string;
}

const FILES: readonly LoadedProto[] = [bookProto, healthProto, reflectionProto];

/** `grpc.reflection.v1`: what this server offers, as tools such as grpcurl ask for it. */
export function reflectionInfo(call: ServerDuplexStream<ReflectionRequest, object>): void {
  call.on("data", (request: ReflectionRequest) => {
    call.write({ validHost: request.host, originalRequest: request, ...answerTo(request) });
  });
  call.on("end", () => call.end());
  call.on("error", () => undefined);
}

function answerTo(request: ReflectionRequest): object {
  switch (request.messageRequest) {
    case "listServices": {
      const service = FILES.flatMap(({ services }) => services.map((name) => ({ name })));
      return { listServicesResponse: { service } };
    }
    case "fileContainingSymbol":
      return fileAnswer(FILES.find((file) => defines(file, request.fileContainingSymbol ?? "")));
    case "fileByFilename":
      return fileAnswer(FILES.find(({ fileName }) => fileName === request.fileByFilename));
    default:
      return failure(status.UNIMPLEMENTED, "only services, files and symbols can be asked for");
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

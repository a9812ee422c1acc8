import { fileURLToPath } from "node:url";
import type { ServiceDefinition } from "@grpc/grpc-js";
import { loadSync, type PackageDefinition } from "@grpc/proto-loader";

/** A `.proto` file, as servers, clients and reflection use it. */
export interface LoadedProto {
  readonly fileName: string;
  /** Full names of its services. */
  readonly services: readonly string[];
  /** Full names of everything that it defines. */
  readonly symbols: readonly string[];
  /** `google.protobuf.FileDescriptorProto`, encoded. */
  readonly descriptors: readonly Uint8Array[];
  service(fullName: string): ServiceDefinition;
}

/**
 * Reads a file of a folder of `.proto` files. 64-bit numbers become decimal texts, enums their names, absent fields
 * defaults.
 * @param folder URL that ends in a slash
 */
export function loadProto(fileName: string, folder: URL): LoadedProto {
  const path = fileURLToPath(new URL(fileName, folder));
  const definitions = loadSync(path, {
    longs: String,
    enums: String,
    defaults: true,
    arrays: true,
    oneofs: true,
  });
  const names = Object.keys(definitions);
  return {
    fileName,
    services: names.filter((name) => isService(definitions[name]!)),
    symbols: names,
    descriptors: descriptorsOf(path),
    service(fullName) {
      const definition = definitions[fullName];
      if (!definition || !isService(definition)) throw new Error(`${fileName} has no service ${fullName}`);
      return definition;
    },
  };
}

/** With the names of fields as they stand in the file; any one message knows the descriptors of all of it. */
function descriptorsOf(path: string): readonly Uint8Array[] {
  for (const definition of Object.values(loadSync(path, { keepCase: true }))) {
    if ("fileDescriptorProtos" in definition) return definition.fileDescriptorProtos as Uint8Array[];
  }
  return [];
}

type Definition = PackageDefinition[string];

function isService(definition: Definition): definition is Extract<Definition, ServiceDefinition> {
  return !("format" in definition);
}

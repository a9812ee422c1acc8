import type { ControlDialect } from "@ims/integration-kit";

/** One JSON-RPC request (deribit.md section 2). */
export function rpcRequest(id: number, method: string, params: object): string {
  return JSON.stringify({ jsonrpc: "2.0", id, method, params });
}

/** How the venue is asked for channels; its answer lists those that it took (deribit.md section 3). */
export const DIALECT: ControlDialect = {
  streamsPerMessage: 250,
  subscribe: (channels, id) => rpcRequest(id, "public/subscribe", { channels }),
  unsubscribe: (channels, id) => rpcRequest(id, "public/unsubscribe", { channels }),
};

import type { ByteReader } from "../primitives/byte-reader.js";
import { commandCodec, noRequest } from "./command-codec.js";

const ROLES = ["leader", "follower"] as const;
const STATUSES = ["healthy", "starting", "stopping", "unreachable", "maintenance"] as const;

export interface ClusterNode {
  readonly name: string;
  readonly ip: string;
  /** Ports; 0 = not listening. */
  readonly tcpPort: number;
  readonly quicPort: number;
  readonly httpPort: number;
  readonly webSocketPort: number;
  readonly role: (typeof ROLES)[number];
  readonly status: (typeof STATUSES)[number];
}

/**
 * `[name str32][count u32]`, then per node
 * `[name str32][ip str32][tcp u16][quic u16][http u16][websocket u16][role u8][status u8]`.
 */
export interface ClusterMetadata {
  readonly name: string;
  readonly nodes: readonly ClusterNode[];
}

export const getClusterMetadata = commandCodec<undefined, ClusterMetadata>("get cluster metadata", {
  ...noRequest,
  writeReply(writer, cluster) {
    writer.str32(cluster.name, "cluster name").u32(cluster.nodes.length, "node count");
    for (const node of cluster.nodes) {
      writer.str32(node.name, "node name").str32(node.ip, "ip");
      writer.u16(node.tcpPort, "tcp port").u16(node.quicPort, "quic port");
      writer.u16(node.httpPort, "http port").u16(node.webSocketPort, "websocket port");
      writer.u8(ROLES.indexOf(node.role), "role").u8(STATUSES.indexOf(node.status), "status");
    }
  },
  readReply(reader) {
    const name = reader.str32("cluster name");
    const count = reader.u32("node count");
    const nodes: ClusterNode[] = [];
    for (let i = 0; i < count; i++) nodes.push(readNode(reader));
    return { name, nodes };
  },
});

function readNode(reader: ByteReader): ClusterNode {
  return {
    name: reader.str32("node name"),
    ip: reader.str32("ip"),
    tcpPort: reader.u16("tcp port"),
    quicPort: reader.u16("quic port"),
    httpPort: reader.u16("http port"),
    webSocketPort: reader.u16("websocket port"),
    role: readCode(reader, ROLES, "role"),
    status: readCode(reader, STATUSES, "status"),
  };
}

function readCode<Name extends string>(reader: ByteReader, names: readonly Name[], field: string): Name {
  const code = reader.u8(field);
  const name = names[code];
  if (!name) throw reader.invalid(field, `${code} is not defined`, reader.position - 1);
  return name;
}

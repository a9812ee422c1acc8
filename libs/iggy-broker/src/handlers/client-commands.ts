import { type ClientConnection, COMMANDS, type GroupMembership } from "@ims/iggy-protocol";
import type { BrokerContext, ConnectedClient } from "./broker-context.js";
import type { Caller } from "./caller.js";
import { requireRight } from "./permission.js";

const NOTHING = new Uint8Array(0);
const TRANSPORT_TCP = 1;

export function getMe(context: BrokerContext, _body: Uint8Array, caller: Caller): Uint8Array {
  return COMMANDS.getMe.codec.encodeReply({
    clientId: caller.connectionNumber,
    userId: caller.user.id,
    transport: TRANSPORT_TCP,
    address: caller.address,
    groups: context.groups.membershipsOf(caller.client),
  });
}

/** A missing connection, and a body that cannot be read, is an empty payload. */
export function getClient(context: BrokerContext, body: Uint8Array, caller: Caller): Uint8Array {
  requireRight(caller.user, "readServers");
  const { codec } = COMMANDS.getClient;
  let clientId: number;
  try {
    clientId = codec.decodeRequest(body).clientId;
  } catch {
    return NOTHING;
  }
  const client = context.clients().find((candidate) => candidate.number === clientId);
  if (client === undefined) return codec.encodeReply(null);
  return codec.encodeReply({ ...connectionRecord(client), groups: groupsOf(context, client) });
}

export function getClients(context: BrokerContext, _body: Uint8Array, caller: Caller): Uint8Array {
  requireRight(caller.user, "readServers");
  return COMMANDS.getClients.codec.encodeReply(
    context.clients().map((client) => ({
      ...connectionRecord(client),
      groupCount: groupsOf(context, client).length,
    })),
  );
}

function connectionRecord({ number, address, session }: ConnectedClient): ClientConnection {
  return { clientId: number, userId: session?.user.id ?? null, transport: TRANSPORT_TCP, address };
}

function groupsOf(context: BrokerContext, { session }: ConnectedClient): readonly GroupMembership[] {
  return session === undefined ? [] : context.groups.membershipsOf(session.client);
}

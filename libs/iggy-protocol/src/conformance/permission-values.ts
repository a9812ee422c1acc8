import {
  GLOBAL_PERMISSIONS,
  type GlobalPermission,
  globalPermissions,
  type Permissions,
  STREAM_PERMISSIONS,
  streamPermissions,
  topicPermissions,
} from "../primitives/permissions.js";
import { integerOf, isVector, listOf, type Vector } from "./vector.js";

/** Permissions as the official Node client names them. */
export function permissionsOf(vector: Vector): Permissions {
  const global = objectOf(vector, "global");
  return {
    global: globalPermissions(...GLOBAL_PERMISSIONS.filter((right) => global[clientName(right)] === true)),
    streams: listOf(vector, "streams").map((stream) => {
      const given = objectOf(stream, "permissions");
      return streamPermissions(
        Number(integerOf(stream, "streamId")),
        STREAM_PERMISSIONS.filter((right) => given[right] === true),
        listOf(stream, "topics").map((topic) => {
          const { manage, read, pollMessages, sendMessages } = objectOf(topic, "permissions");
          return {
            ...topicPermissions(Number(integerOf(topic, "topicId")), []),
            manageTopic: manage === true,
            readTopic: read === true,
            pollMessages: pollMessages === true,
            sendMessages: sendMessages === true,
          };
        }),
      );
    }),
  };
}

export function permissionsView(permissions: Permissions | null): unknown {
  if (permissions === null) return null;
  return {
    global: Object.fromEntries(
      GLOBAL_PERMISSIONS.map((right) => [clientName(right), permissions.global[right]]),
    ),
    streams: permissions.streams.map(({ streamId, topics, ...rights }) => ({
      streamId,
      permissions: rights,
      topics: topics.map(({ topicId, manageTopic, readTopic, ...others }) => ({
        topicId,
        permissions: { manage: manageTopic, read: readTopic, ...others },
      })),
    })),
  };
}

/** "ManageServers" for "manageServers". */
function clientName(right: GlobalPermission): string {
  return right[0]!.toUpperCase() + right.slice(1);
}

function objectOf(vector: Vector, field: string): Vector {
  const value = vector[field];
  if (!isVector(value)) throw new Error(`the vector has no object "${field}"`);
  return value;
}

import { COMMANDS, type GroupTarget, IggyErrorCode } from "@ims/iggy-protocol";
import type { CatalogModel } from "./catalog-model.js";
import type { GroupModel } from "./group-model.js";
import { modelCommand } from "./model-command.js";
import { resultRefusal, statusRefusal } from "./refusal.js";

const EMPTY = new Uint8Array(0);

/** Consumer groups: their life, their members, and what a member may poll. */
export function groupCommands(catalog: CatalogModel) {
  return [
    modelCommand(COMMANDS.getGroup, (request) => {
      return catalog.topic(request, statusRefusal).groups.find(request.group)?.details() ?? null;
    }),
    modelCommand(COMMANDS.getGroups, (request) =>
      catalog.topic(request, statusRefusal).groups.all.map((group) => group.details()),
    ),
    modelCommand(COMMANDS.createGroup, (request) => {
      const topic = catalog.topic(request, resultRefusal);
      if (topic.groups.find(request.name)) throw resultRefusal(IggyErrorCode.ConsumerGroupNameAlreadyExists);
      return topic.addGroup(request.name).details();
    }),
    modelCommand(COMMANDS.deleteGroup, (request) => {
      const topic = catalog.topic(request, resultRefusal);
      topic.groups.remove(groupOf(catalog, request));
      return undefined;
    }),
    modelCommand(COMMANDS.joinGroup, (request, { bound }) => {
      groupOf(catalog, request).join(bound);
      return undefined;
    }),
    modelCommand(COMMANDS.leaveGroup, (request, { bound }) => {
      if (!groupOf(catalog, request).leave(bound)) {
        throw resultRefusal(IggyErrorCode.ConsumerGroupMemberNotFound);
      }
      return undefined;
    }),
    modelCommand(
      COMMANDS.syncGroup,
      (request, { client }) => {
        const topic = catalog.streams.find(request.stream)?.topics.find(request.topic);
        return topic?.groups.find(request.group)?.assignmentOf(client) ?? null;
      },
      EMPTY,
    ),
  ];
}

function groupOf(catalog: CatalogModel, request: GroupTarget): GroupModel {
  const group = catalog.topic(request, resultRefusal).groups.find(request.group);
  if (!group) throw resultRefusal(IggyErrorCode.ConsumerGroupIdNotFound);
  return group;
}

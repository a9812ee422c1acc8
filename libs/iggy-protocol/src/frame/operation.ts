/** Operation byte of requests and replies. Commands without an operation of their own travel as `NonReplicated`. */
export const Operation = {
  Register: 1,
  NonReplicated: 2,
  Logout: 3,
  CreateTopicWithAssignments: 64,
  CreatePartitionsWithAssignments: 65,
  RemoveConsumerGroupMember: 66,
  CompleteConsumerGroupRevocation: 67,
  TruncatePartition: 68,
  CreateStream: 128,
  UpdateStream: 129,
  DeleteStream: 130,
  PurgeStream: 131,
  CreateTopic: 132,
  UpdateTopic: 133,
  DeleteTopic: 134,
  PurgeTopic: 135,
  CreatePartitions: 136,
  DeletePartitions: 137,
  DeleteSegments: 138,
  CreateConsumerGroup: 139,
  DeleteConsumerGroup: 140,
  CreateUser: 141,
  UpdateUser: 142,
  DeleteUser: 143,
  ChangePassword: 144,
  UpdatePermissions: 145,
  CreatePersonalAccessToken: 146,
  DeletePersonalAccessToken: 147,
  JoinConsumerGroup: 148,
  LeaveConsumerGroup: 149,
  SendMessages: 160,
  StoreConsumerOffset: 161,
  DeleteConsumerOffset: 162,
} as const;

/** 64 to 68: servers talk to each other with them, clients never send them. */
export function isInternalOperation(operation: number): boolean {
  return operation >= 64 && operation <= 127;
}

/** Goes through the one global log. */
export function isMetadataOperation(operation: number): boolean {
  if (operation === Operation.DeleteSegments) return false;
  return isInternalOperation(operation) || (operation >= 128 && operation <= 149);
}

/** Goes through the log of one partition; replies may overtake and be overtaken. */
export function isPartitionOperation(operation: number): boolean {
  return operation >= 160;
}

/** Whether a reply of this operation starts with a result section. Register does when its body is not empty. */
export function isResultFramed(operation: number, bodyLength: number): boolean {
  if (operation === Operation.Register) return bodyLength > 0;
  return (
    isMetadataOperation(operation) ||
    operation === Operation.StoreConsumerOffset ||
    operation === Operation.DeleteConsumerOffset
  );
}

/** The operation that a committed reply carries: three requests are rewritten before they enter the log. */
export function committedOperation(operation: number): number {
  switch (operation) {
    case Operation.CreateTopic:
      return Operation.CreateTopicWithAssignments;
    case Operation.CreatePartitions:
      return Operation.CreatePartitionsWithAssignments;
    case Operation.DeleteSegments:
      return Operation.TruncatePartition;
    default:
      return operation;
  }
}

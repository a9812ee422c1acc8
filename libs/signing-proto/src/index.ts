export type * from "./messages.js";
export {
  SIGN_MESSAGES_MAX,
  SIGNING_ADDRESS_DEFAULT,
  SIGNING_REQUEST_BYTES_MAX,
  SigningClient,
  type SigningClientOptions,
} from "./signing-client.js";
export { SIGNING_SERVICE, signingProto, signingService } from "./signing-service.js";

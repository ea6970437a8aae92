import { ByteBuffer } from "../bytes/buffer";
import { Failure, FailureReason } from "../canonical/failure";
import { PluginRole } from "../config/schema";
import { JsonError } from "../json/document";
import { escapeInto } from "../json/write";
import { unescapeInto } from "../json/read";
import { Protocol } from "../providers/provider-type";
import { AttemptTarget } from "../providers/provider";
import { protocolFor } from "../providers/registry";
import { selectTargets } from "../routing/select";
import { CLIENT } from "./local-answer";
import { Plan } from "./plan";
import { GatewayState } from "./plugin";

const scratch = new ByteBuffer();
const message = new ByteBuffer();
/** What the target that is looked at has against the request. */
const objection = new Failure();

/**
 * Turns the client's bytes (`plan.body`) into a plan: one scan, the route, and the targets that can take the request.
 * False: the failure is what the client gets.
 */
export function planRequest(plan: Plan, state: GatewayState, failure: Failure): bool {
  const document = plan.request.document;
  const error = document.parse(plan.body.pointer, plan.body.length);
  if (error != JsonError.None) {
    describeJsonError(error, document.errorOffset, failure);
    return false;
  }
  if (!CLIENT.readHead(plan.request, failure)) return false;
  const model = plan.request.model;
  scratch.clear(65536);
  unescapeInto(document.textPointer(model), document.textLength(model), scratch);
  const selection = selectTargets(state.config, scratch.pointer, scratch.length, state.random);
  if (selection === null) {
    describeUnknownModel(document.textPointer(model), document.textLength(model), failure);
    return false;
  }
  plan.route = selection.route;
  keepSuitable(selection.targets, plan, failure);
  if (selection.targets.length == 0) return false;
  // In one-filter mode there is one attempt: what follows a failure is the host's business.
  if (state.config.role == PluginRole.Single) selection.targets.length = 1;
  plan.selection = selection;
  document.seal();
  return true;
}

/**
 * Takes the targets away that cannot take this request. What cannot be sent is found out here, because an attempt that answers by
 * itself is final for Envoy. When no target is left, the first one's objection is the failure.
 */
function keepSuitable(targets: AttemptTarget[], plan: Plan, failure: Failure): void {
  let kept = 0;
  let isRead = false;
  let isReadable = false;
  objection.reset();
  for (let index = 0; index < targets.length; index++) {
    const target = unchecked(targets[index]);
    const withoutChat = target.provider.type.withoutChat;
    if (withoutChat.length > 0) {
      objection.set(FailureReason.BadRequest, 400, withoutChat, "", "model");
      keepFirst(failure, objection);
      continue;
    }
    if (target.provider.type.protocol != Protocol.OpenAi) {
      if (!isRead) isReadable = CLIENT.readAll(plan.request, objection);
      isRead = true;
      if (!isReadable) {
        keepFirst(failure, objection);
        continue;
      }
    }
    objection.reason = FailureReason.None;
    if (protocolFor(target.provider.type).check(plan.request, target, objection)) {
      unchecked((targets[kept] = target));
      kept += 1;
    } else keepFirst(failure, objection);
  }
  targets.length = kept;
}

function keepFirst(failure: Failure, objection: Failure): void {
  if (failure.reason != FailureReason.None) return;
  failure.reason = objection.reason == FailureReason.None ? FailureReason.BadRequest : objection.reason;
  failure.status = objection.status == 0 ? 400 : objection.status;
  failure.message = objection.message;
  failure.type = objection.type;
  failure.code = objection.code;
  failure.param = objection.param;
}

function describeJsonError(error: JsonError, offset: i32, failure: Failure): void {
  failure.set(FailureReason.BadRequest, 400, "", "invalid_json", "body");
  message.clear(4096);
  message.ascii("The request body is not usable JSON: ");
  switch (error) {
    case JsonError.Truncated:
      message.ascii("it ends too early");
      break;
    case JsonError.Utf8:
      message.ascii("it holds bytes that are not UTF-8");
      break;
    case JsonError.Depth:
      message.ascii("it is nested too deeply");
      break;
    case JsonError.DuplicateKey:
      message.ascii("an object has the same key twice");
      break;
    case JsonError.TooLarge:
      message.ascii("it holds too many values");
      break;
    default:
      message.ascii("a character is not allowed where it stands");
  }
  message.ascii(" (byte ");
  message.decimal(offset);
  message.ascii(").");
  failure.message = message.toText();
}

/** `model` is the inside of a JSON string; long names are cut. */
function describeUnknownModel(model: usize, length: i32, failure: Failure): void {
  failure.set(FailureReason.NotFound, 404, "", "model_not_found", "model");
  message.clear(4096);
  message.ascii("The model `");
  scratch.clear(65536);
  unescapeInto(model, length, scratch);
  escapeInto(scratch.pointer, min(scratch.length, 200), message);
  message.ascii("` does not exist or is not served here.");
  failure.message = message.toText();
}

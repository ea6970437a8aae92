import { copyToText, encodeText } from "../../bytes/buffer";
import { copyMessage, statusText } from "../../canonical/error-text";
import { Failure, FailureReason, reasonForStatus } from "../../canonical/failure";
import { JsonDocument, JsonKey } from "../../json/document";
import * as keys from "../../canonical/openai-keys";
import { ProviderType } from "../provider-type";
import { CodeTable } from "../shared/coded-errors";

/*
 * Some vendors say with a number of their own, inside a 200, that an answer is an error. Where the number stands and what it means is
 * data of the type.
 */
const BASE_RESPONSE = new JsonKey("base_resp");
const STATUS_CODE = new JsonKey("status_code");
const STATUS_MESSAGE = new JsonKey("status_msg");

/** Most digits of a number that is written as a text. */
const MOST_DIGITS: i32 = 9;

const tables: Map<string, CodeTable> = new Map<string, CodeTable>();

/** The table of a type, made once. */
function tableOf(type: ProviderType): CodeTable {
  if (!tables.has(type.errorCodes)) tables.set(type.errorCodes, new CodeTable(type.errorCodes));
  return tables.get(type.errorCodes);
}

/** Fills status and reason by the table; false for a number that is not in it. */
function fill(table: CodeTable, code: i64, failure: Failure): bool {
  if (!table.has(code)) return false;
  const reason = table.reasonOf(code);
  failure.status = table.find(code);
  failure.reason = reason == FailureReason.None ? reasonForStatus(failure.status) : reason;
  if (reason == FailureReason.ContextLength) failure.code = encodeText("context_length_exceeded");
  // Inside a 200 every kind of "something broke at the vendor" is one failure: an answer that cannot be used.
  if (failure.reason == FailureReason.ServerError) failure.reason = FailureReason.StreamError;
  return true;
}

/** A whole number, also one in a string; 0 when the node is neither. */
function numberOf(document: JsonDocument, node: i32): i64 {
  if (document.isNumber(node)) return document.integer(node);
  const length = document.textLength(node);
  if (length > MOST_DIGITS) return 0;
  let value: i64 = 0;
  for (let index = 0; index < length; index++) {
    const digit = load<u8>(document.textPointer(node) + index) - 0x30;
    if (digit > 9) return 0;
    value = value * 10 + digit;
  }
  return value;
}

/** What a vendor's number inside a 200 says of an answer or an event. */
export const enum CodedOutcome {
  /** There is no number. */
  Unknown = 0,
  /** All is well, whatever else stands beside it. */
  Good = 1,
  /** It is an error, and the failure is filled. */
  Failed = 2,
}

/** Reads the number that says whether an answer is an error, at a type that has one. */
export function readVendorCode(document: JsonDocument, type: ProviderType, failure: Failure): CodedOutcome {
  const root = document.root();
  const isNested = type.errorMember == "base_resp";
  const holder = isNested ? document.find(root, BASE_RESPONSE) : root;
  const node = document.find(holder, isNested ? STATUS_CODE : keys.CODE);
  if (!document.isNumber(node)) return CodedOutcome.Unknown;
  const code = document.integer(node);
  if (code == 0) return CodedOutcome.Good;
  const message = document.find(holder, isNested ? STATUS_MESSAGE : keys.MESSAGE);
  failure.set(FailureReason.StreamError, 502, "");
  failure.code = copyToText(document.rawPointer(node), min(document.rawLength(node), MOST_DIGITS));
  fill(tableOf(type), code, failure);
  failure.message = copyMessage(document.textPointer(message), document.textLength(message));
  if (failure.message.length == 0) failure.message = encodeText(statusText(failure.status));
  return CodedOutcome.Failed;
}

/** Status and reason of an error object's `code`, when it is a number of the vendor's; false, and nothing filled, otherwise. */
export function fillByVendorCode(document: JsonDocument, code: i32, type: ProviderType, failure: Failure): bool {
  if (type.errorCodes.length == 0) return false;
  const number = numberOf(document, code);
  return number != 0 && fill(tableOf(type), number, failure);
}

import { HeaderMap } from "../abi/enums";
import { HeaderPairs } from "../abi/header-pairs";
import { removeHeaderAt, setHeaderText } from "../abi/host";
import { ByteBuffer, copyToText, encodeText } from "../bytes/buffer";
import { decodePercent } from "../bytes/percent";
import {
  ACCEPT_ENCODING,
  AUTHORITY,
  CONTENT_ENCODING,
  CONTENT_LENGTH,
  CONTENT_TYPE,
  CHAT_PATH,
  IDENTITY,
  isClientHeaderToRemove,
  isName,
  JSON_TYPE,
  METHOD,
  PATH,
} from "./header-names";
import { isJsonType } from "./media-type";
import { sameBytes } from "../bytes/memory";

/** What a request is for. */
export const enum Endpoint {
  Unknown = 0,
  ChatCompletions = 1,
  Models = 2,
  /** One model; its name is the rest of the path. */
  Model = 3,
}

const MODELS_PATH = encodeText("/v1/models");
const MODEL_PREFIX = encodeText("/v1/models/");
const POST = encodeText("POST");
const GET = encodeText("GET");

const NO_TEXT = new StaticArray<u8>(0);
const pairs = new HeaderPairs();
const scratch = new ByteBuffer();

/**
 * The head of a client's request: one walk over its headers, which also removes those that no provider may see. What is already as a
 * provider wants it is noted, because every change of a header is a call of the host.
 */
export class ClientHead {
  endpoint: Endpoint = Endpoint.Unknown;
  isPost: bool = false;
  isGet: bool = false;
  isJson: bool = true;
  /** Whether `:path` is exactly the chat path, and `content-type` exactly `application/json`. */
  hasPlainPath: bool = false;
  hasPlainType: bool = false;
  isEncoded: bool = false;
  /** Bytes of the body as announced; -1 when unknown. */
  contentLength: i64 = -1;
  authority: StaticArray<u8> = NO_TEXT;
  /** For `Endpoint.Model`: the model's name as it stands in the path. */
  modelName: StaticArray<u8> = NO_TEXT;

  /** Reads and cleans the request headers. */
  read(): void {
    this.endpoint = Endpoint.Unknown;
    this.isPost = false;
    this.isGet = false;
    this.isJson = true;
    this.hasPlainPath = false;
    this.hasPlainType = false;
    this.isEncoded = false;
    this.contentLength = -1;
    this.authority = NO_TEXT;
    this.modelName = NO_TEXT;
    if (pairs.read(HeaderMap.RequestHeaders)) {
      while (pairs.next()) this.readHeader();
    }
    pairs.release();
  }

  private readHeader(): void {
    const name = pairs.namePointer;
    const length = pairs.nameLength;
    if (length == 0) return;
    if (load<u8>(name) == 0x3a) {
      if (isName(name, length, METHOD)) {
        this.isPost = isName(pairs.valuePointer, pairs.valueLength, POST);
        this.isGet = isName(pairs.valuePointer, pairs.valueLength, GET);
      } else if (isName(name, length, PATH)) {
        this.readPath(pairs.valuePointer, pairs.valueLength);
      } else if (isName(name, length, AUTHORITY)) {
        this.authority = copyToText(pairs.valuePointer, pairs.valueLength);
      }
      return;
    }
    if (isName(name, length, CONTENT_TYPE)) {
      this.hasPlainType = isName(pairs.valuePointer, pairs.valueLength, JSON_TYPE);
      this.isJson = this.hasPlainType || isJsonType(pairs.valuePointer, pairs.valueLength);
    } else if (isName(name, length, CONTENT_LENGTH))
      this.contentLength = readDecimal(pairs.valuePointer, pairs.valueLength);
    else if (isName(name, length, CONTENT_ENCODING)) {
      this.isEncoded = !isName(pairs.valuePointer, pairs.valueLength, IDENTITY) && pairs.valueLength > 0;
    } else if (isName(name, length, ACCEPT_ENCODING))
      setHeaderText(HeaderMap.RequestHeaders, ACCEPT_ENCODING, IDENTITY);
    else if (isClientHeaderToRemove(name, length)) removeHeaderAt(HeaderMap.RequestHeaders, name, length);
  }

  private readPath(pointer: usize, length: i32): void {
    let end = 0;
    while (end < length && load<u8>(pointer + end) != 0x3f) end += 1;
    if (isName(pointer, end, CHAT_PATH)) {
      this.endpoint = Endpoint.ChatCompletions;
      this.hasPlainPath = end == length;
    } else if (isName(pointer, end, MODELS_PATH)) this.endpoint = Endpoint.Models;
    else if (end > MODEL_PREFIX.length && sameBytes(pointer, changetype<usize>(MODEL_PREFIX), MODEL_PREFIX.length)) {
      this.endpoint = Endpoint.Model;
      scratch.clear(4096);
      decodePercent(pointer + MODEL_PREFIX.length, end - MODEL_PREFIX.length, scratch);
      this.modelName = scratch.toText();
      scratch.free();
    }
  }
}

/** A decimal number; -1 when it is none. */
export function readDecimal(pointer: usize, length: i32): i64 {
  if (length == 0 || length > 18) return -1;
  let value: i64 = 0;
  for (let index = 0; index < length; index++) {
    const digit = load<u8>(pointer + index);
    if (digit < 0x30 || digit > 0x39) return -1;
    value = value * 10 + (digit - 0x30);
  }
  return value;
}

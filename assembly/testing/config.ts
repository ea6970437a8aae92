import "./abort";
import { ByteBuffer, encodeText } from "../bytes/buffer";
import { allocate, liveBlockCount, release } from "../bytes/memory";
import { FAILURE_REASON_COUNT, failureName, FailureReason } from "../canonical/failure";
import { Environment } from "../config/environment";
import { ConfigResult, parseConfig } from "../config/parse";
import { FallbackPolicy, GatewayConfig, ProviderConfig, RouteConfig, TargetConfig } from "../config/schema";
import { listModels, ownerOf } from "../routing/models";
import { Random } from "../routing/random";
import { Selection, selectTargets } from "../routing/select";

/*
 * Test entry for `config` and `routing`: parses a plugin JSON and shows what came of it as JSON.
 */

class TableEnvironment extends Environment {
  names: string[] = [];
  values: string[] = [];

  lookup(name: string): string | null {
    const index = this.names.indexOf(name);
    return index < 0 ? null : this.values[index];
  }
}

let environment: TableEnvironment = new TableEnvironment();
let result: ConfigResult = new ConfigResult();
let random: Random = new Random(1);
const out: ByteBuffer = new ByteBuffer();

/** Memory for the caller's bytes; give it back with `releaseInput`. */
export function allocateInput(size: i32): usize {
  return allocate(size);
}

export function releaseInput(pointer: usize): void {
  release(pointer);
}

export function outputPointer(): usize {
  return out.pointer;
}

export function outputLength(): i32 {
  return out.length;
}

/** Gives back the output's memory and says how many blocks are left. */
export function countLiveBlocks(): i32 {
  out.free();
  return liveBlockCount();
}

export function collectGarbage(): void {
  __collect();
}

export function clearEnvironment(): void {
  environment = new TableEnvironment();
}

export function setVariable(name: usize, nameLength: i32, value: usize, valueLength: i32): void {
  environment.names.push(String.UTF8.decodeUnsafe(name, nameLength));
  environment.values.push(String.UTF8.decodeUnsafe(value, valueLength));
}

export function seedRandom(seed: u64): void {
  random = new Random(seed);
}

/** Parses a plugin JSON; writes `{"errors":[...],"config":...}` and gives the number of errors. */
export function parse(text: usize, length: i32): i32 {
  result = parseConfig(text, length, environment);
  out.clear();
  out.ascii('{"errors":[');
  for (let index = 0; index < result.errors.length; index++) {
    if (index > 0) out.byte(0x2c);
    writeText(encodeText(result.errors[index]));
  }
  out.ascii('],"config":');
  const config = result.config;
  if (config === null) out.ascii("null");
  else writeConfig(config);
  out.byte(0x7d);
  return result.errors.length;
}

/** Selects targets for a model with the parsed configuration; writes the selection, or `null`. */
export function select(model: usize, length: i32): void {
  out.clear();
  const config = result.config;
  if (config !== null) {
    const selection = selectTargets(config, model, length, random);
    if (selection !== null) {
      writeSelection(selection);
      return;
    }
  }
  out.ascii("null");
}

function writeSelection(selection: Selection): void {
  out.ascii('{"route":');
  writeText(selection.route);
  out.ascii(',"policy":');
  writePolicy(selection.policy);
  out.ascii(',"targets":[');
  for (let index = 0; index < selection.targets.length; index++) {
    const target = selection.targets[index];
    out.ascii(index > 0 ? ',{"provider":' : '{"provider":');
    writeText(target.provider.id);
    out.ascii(',"model":');
    writeText(target.model);
    out.ascii(',"apiToken":');
    writeText(target.apiToken);
    out.byte(0x7d);
  }
  out.ascii("]}");
}

/** Selects many times and gives only the last selection's number of targets; for tests that measure. */
export function selectRepeatedly(model: usize, length: i32, times: i32): i32 {
  const config = result.config;
  let count = 0;
  if (config === null) return count;
  for (let time = 0; time < times; time++) {
    const selection = selectTargets(config, model, length, random);
    count = selection === null ? 0 : selection.targets.length;
  }
  return count;
}

/** Writes the shown models with their owners: `[["model","owner"],...]`. */
export function models(): void {
  out.clear();
  out.byte(0x5b);
  const config = result.config;
  if (config !== null) {
    const names = listModels(config);
    for (let index = 0; index < names.length; index++) {
      out.ascii(index > 0 ? ",[" : "[");
      writeText(names[index]);
      out.byte(0x2c);
      writeText(ownerOf(config, names[index]));
      out.byte(0x5d);
    }
  }
  out.byte(0x5d);
}

/** The next random number below a bound. */
export function nextRandom(bound: u32): u32 {
  return random.below(bound);
}

function writeText(text: StaticArray<u8>): void {
  out.byte(0x22);
  for (let index = 0; index < text.length; index++) {
    const byte = text[index];
    if (byte < 0x20) {
      out.ascii(byte < 0x10 ? "\\u000" : "\\u001");
      out.byte("0123456789abcdef".charCodeAt(byte & 15) as u8);
      continue;
    }
    if (byte == 0x22 || byte == 0x5c) out.byte(0x5c);
    out.byte(byte);
  }
  out.byte(0x22);
}

function writeConfig(config: GatewayConfig): void {
  out.ascii('{"role":');
  out.decimal(config.role);
  out.ascii(',"maxBodyBytes":');
  out.decimal(config.maxBodyBytes);
  out.ascii(',"maxModels":');
  out.decimal(config.maxModels);
  out.ascii(',"fallback":');
  writePolicy(config.fallback);
  out.ascii(',"providers":[');
  for (let index = 0; index < config.providers.length; index++) {
    if (index > 0) out.byte(0x2c);
    writeProvider(config.providers[index]);
  }
  out.ascii('],"routes":[');
  for (let index = 0; index < config.routes.length; index++) {
    if (index > 0) out.byte(0x2c);
    writeRoute(config.routes[index]);
  }
  out.ascii("]}");
}

function writePolicy(policy: FallbackPolicy): void {
  out.ascii('{"on":[');
  let isFirst = true;
  for (let index = 0; index < FAILURE_REASON_COUNT; index++) {
    if (!policy.allows(index as FailureReason)) continue;
    if (!isFirst) out.byte(0x2c);
    isFirst = false;
    writeText(encodeText(failureName(index as FailureReason)));
  }
  out.ascii('],"firstTokenTimeoutMs":');
  out.decimal(policy.firstTokenTimeoutMs);
  out.ascii(',"attemptTimeoutMs":');
  out.decimal(policy.attemptTimeoutMs);
  out.ascii(',"timeoutMs":');
  out.decimal(policy.timeoutMs);
  out.byte(0x7d);
}

function writeMember(name: string, value: StaticArray<u8>): void {
  out.ascii(',"' + name + '":');
  writeText(value);
}

function writeProvider(provider: ProviderConfig): void {
  out.ascii('{"index":');
  out.decimal(provider.index);
  writeMember("id", provider.id);
  writeMember("type", encodeText(provider.type.name));
  writeMember("cluster", provider.cluster);
  writeMember("authority", provider.authority);
  writeMember("basePath", provider.basePath);
  writeMember("apiVersion", provider.apiVersion);
  writeMember("directRoute", provider.directRoute);
  out.ascii(',"defaultMaxTokens":');
  out.decimal(provider.defaultMaxTokens);
  out.ascii(',"apiTokens":[');
  for (let index = 0; index < provider.apiTokens.length; index++) {
    if (index > 0) out.byte(0x2c);
    writeText(provider.apiTokens[index]);
  }
  out.ascii('],"modelMapping":[');
  for (let index = 0; index < provider.modelMapping.length; index++) {
    const entry = provider.modelMapping[index];
    out.ascii(index > 0 ? ",[" : "[");
    writeText(
      encodeText(
        String.UTF8.decodeUnsafe(changetype<usize>(entry.from), entry.from.length) + (entry.isPrefix ? "*" : ""),
      ),
    );
    out.byte(0x2c);
    writeText(entry.to);
    out.byte(0x5d);
  }
  out.ascii('],"headers":{');
  for (let index = 0; index < provider.headers.length; index++) {
    if (index > 0) out.byte(0x2c);
    writeText(provider.headers[index].name);
    out.byte(0x3a);
    writeText(provider.headers[index].value);
  }
  out.ascii("}}");
}

function writeRoute(route: RouteConfig): void {
  out.ascii('{"index":');
  out.decimal(route.index);
  writeMember("pattern", route.pattern);
  writeMember("prefix", route.prefix);
  out.ascii(route.isPrefix ? ',"isPrefix":true' : ',"isPrefix":false');
  out.ascii(',"fallback":');
  writePolicy(route.fallback);
  out.ascii(',"groups":[');
  for (let index = 0; index < route.groups.length; index++) {
    out.ascii(index > 0 ? ",[" : "[");
    const targets = route.groups[index].targets;
    for (let target = 0; target < targets.length; target++) {
      if (target > 0) out.byte(0x2c);
      writeTarget(targets[target]);
    }
    out.byte(0x5d);
  }
  out.ascii("]}");
}

function writeTarget(target: TargetConfig): void {
  out.ascii('{"weight":');
  out.decimal(target.weight);
  writeMember("provider", target.provider.id);
  writeMember("model", target.model);
  out.byte(0x7d);
}

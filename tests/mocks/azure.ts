import { checkHeaders, describeLeak, parseBody, type Refusal } from "./entrance";
import { MODELS, refuseBody, STYLE } from "./openai";
import { answerChat, stableUuid } from "./openai-answer";
import {
  type Answer,
  type AnswerWishes,
  isObject,
  type Json,
  type JsonObject,
  type MockRequest,
  type UnaryAnswer,
  type Vendor,
} from "./types";

const DEPLOYMENT_PATH = /^\/openai\/deployments\/([^/]+)\/chat\/completions$/;
const V1_PATH = "/openai/v1/chat/completions";

/** Deployments beside those that are called like their model; owners choose the names. */
const DEPLOYMENTS: Record<string, string> = { "my gpt/4o": "gpt-4o", reasoner: "o3-mini", prod: "gpt-5" };

/** https://learn.microsoft.com/en-us/azure/ai-foundry/openai/api-version-lifecycle */
const DATED_VERSIONS = ["2024-06-01", "2024-10-21", "2024-12-01-preview", "2025-04-01-preview"];

function reply(status: number, body: JsonObject, headers: Record<string, string> = {}): UnaryAnswer {
  const common = { "content-type": "application/json", "apim-request-id": stableUuid(JSON.stringify(body)) };
  return { kind: "unary", status, headers: { ...common, ...headers }, body: JSON.stringify(body) };
}

function refuse(status: number, code: string, message: string): UnaryAnswer {
  return reply(status, { error: { code, message } });
}

const NOT_FOUND = "Resource not found";
const NO_DEPLOYMENT =
  "The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again.";
const WRONG_KEY =
  "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your resource.";
const NO_TOKEN =
  "Unauthorized. Access token is missing, invalid, audience is incorrect (https://cognitiveservices.azure.com), or have expired.";

/** https://learn.microsoft.com/en-us/azure/ai-foundry/openai/concepts/content-filter */
function filterResults(): JsonObject {
  const kinds = ["hate", "self_harm", "sexual", "violence"];
  return Object.fromEntries(kinds.map((kind) => [kind, { filtered: false, severity: "safe" }]));
}

function promptFilter(): Json {
  const results = { ...filterResults(), jailbreak: { filtered: false, detected: false } };
  return [{ prompt_index: 0, content_filter_results: results }];
}

/** An access token of Entra ID is a JSON Web Token and comes as a bearer token; a resource's key has a header of its own. */
function refuseKey(request: MockRequest, key: string): UnaryAnswer | null {
  const { headers } = request;
  const isToken = key.startsWith("eyJ");
  const given = isToken ? headers.authorization : headers["api-key"];
  if (given === undefined) return reply(401, { statusCode: 401, message: NO_TOKEN });
  const others = { ...headers };
  delete others["api-key"];
  if (isToken ? headers["api-key"] !== undefined : headers.authorization !== undefined) {
    return refuse(400, "400", "Headers 'api-key' and 'authorization' do not belong together.");
  }
  others.authorization = isToken ? given : `Bearer ${given}`;
  const refusal = checkHeaders({ ...request, headers: others }, "bearer", key);
  return refusal === null ? null : refuseAtDoor(refusal);
}

function refuseAtDoor(refusal: Refusal): UnaryAnswer {
  switch (refusal.reason) {
    case "no-key":
    case "bad-key-form":
    case "wrong-key":
      return refuse(401, "401", WRONG_KEY);
    case "content-type":
      return refuse(415, "415", `Unsupported content type: ${refusal.contentType}`);
    default:
      return refuse(400, "400", describeLeak(refusal));
  }
}

/** The deployment that a request names: in its path, or as its model at the v1 API. */
function findDeployment(request: MockRequest, body: JsonObject): string | UnaryAnswer {
  const match = DEPLOYMENT_PATH.exec(request.path);
  const version = new URLSearchParams(request.query).get("api-version");
  if (match?.[1] === undefined) {
    if (version !== null && !["v1", "preview"].includes(version))
      return refuse(400, "BadRequest", "API version not supported");
    return typeof body.model === "string"
      ? body.model
      : refuse(400, "BadRequest", "you must provide a model parameter");
  }
  if (version === null || version === "") return refuse(404, "404", NOT_FOUND);
  if (!DATED_VERSIONS.includes(version)) return refuse(400, "BadRequest", "API version not supported");
  return decodeURIComponent(match[1]);
}

/** Adds what the content filter says to an answer of OpenAI's form. */
function withFilter(answer: Answer, isDated: boolean): Answer {
  const headers = {
    "content-type": answer.headers["content-type"] ?? "",
    "x-ms-region": "Mock",
    "apim-request-id": "mock",
  };
  if (answer.kind === "unary") {
    const body = JSON.parse(answer.body) as JsonObject;
    for (const choice of body.choices as JsonObject[]) choice.content_filter_results = filterResults();
    body.prompt_filter_results = promptFilter();
    return { ...answer, headers, body: JSON.stringify(body) };
  }
  const first = { choices: [], created: 0, id: "", model: "", object: "", prompt_filter_results: promptFilter() };
  const events = answer.events.map((event) => filterEvent(String(event)));
  return { ...answer, headers, events: isDated ? [`data: ${JSON.stringify(first)}\n\n`, ...events] : events };
}

function filterEvent(event: string): string {
  const start = event.indexOf("data: {");
  if (start < 0) return event;
  const chunk = JSON.parse(event.slice(start + "data: ".length)) as JsonObject;
  for (const choice of chunk.choices as JsonObject[]) {
    const isText = isObject(choice.delta) && typeof choice.delta.content === "string";
    choice.content_filter_results = isText ? filterResults() : {};
  }
  return `${event.slice(0, start)}data: ${JSON.stringify(chunk)}\n\n`;
}

/** Azure OpenAI: OpenAI's chat completions at other paths. https://learn.microsoft.com/en-us/azure/ai-foundry/openai/reference */
export const azure: Vendor = {
  name: "azure",

  answer(request: MockRequest, key: string, wishes: AnswerWishes): Answer {
    const isDated = DEPLOYMENT_PATH.test(request.path);
    if (!isDated && request.path !== V1_PATH) return refuse(404, "404", NOT_FOUND);
    if (request.method !== "POST") return refuse(405, "405", "Method not allowed");
    const refusal = refuseKey(request, key);
    if (refusal) return refusal;
    const parsed = parseBody(request.body);
    if (!parsed || !isObject(parsed.value as Json)) return refuse(400, "BadRequest", "The body is not valid JSON.");
    const body = parsed.value as JsonObject;
    const deployment = findDeployment(request, body);
    if (typeof deployment !== "string") return deployment;
    const model = DEPLOYMENTS[deployment] ?? deployment;
    if (!MODELS[model]) return refuse(404, "DeploymentNotFound", NO_DEPLOYMENT);
    const deployed = { ...body, model };
    const refused = refuseBody(deployed);
    if (refused) return reply(refused.status, JSON.parse(refused.body) as JsonObject);
    return withFilter(answerChat(deployed, { ...STYLE, vendorTitle: "Azure" }, wishes), isDated);
  },

  errorAnswer(status: number, message: string | null): UnaryAnswer {
    switch (status) {
      case 400: {
        const innererror = { code: "ResponsibleAIPolicyViolation", content_filter_result: filterResults() };
        const text =
          "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please modify your prompt and retry.";
        return reply(400, {
          error: {
            message: message ?? text,
            type: null,
            param: "prompt",
            code: "content_filter",
            status: 400,
            innererror,
          },
        });
      }
      case 401:
        return reply(401, { statusCode: 401, message: message ?? NO_TOKEN });
      case 404:
        return refuse(404, "DeploymentNotFound", message ?? NO_DEPLOYMENT);
      case 429: {
        const text =
          "Requests to the ChatCompletions_Create Operation have exceeded call rate limit of your current pricing tier. Please retry after 1 second.";
        const body = { error: { code: "429", message: message ?? text } };
        return reply(429, body, { "retry-after": "1", "retry-after-ms": "1200", "x-ms-retry-after-ms": "1200" });
      }
      default:
        return refuse(status, "InternalServerError", message ?? "Backend returned unexpected response.");
    }
  },

  errorEvent(message: string | null): string {
    const text = message ?? "The server had an error processing your request. Sorry about that!";
    return `data: ${JSON.stringify({ error: { message: text, type: "server_error", param: null, code: null } })}\n\n`;
  },
};

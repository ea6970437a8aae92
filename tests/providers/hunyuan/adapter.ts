import { hunyuan } from "../../mocks/hunyuan";
import { askMock, eventAnswer, formOf, halves, jsonAnswer, turnOf } from "../../support/adapter-tools";
import type { Member } from "../../support/messages";
import type {
  NativeAnswer,
  ProtocolAdapter,
  SpokenAnswer,
  SpokenRequest,
  SpokenTurn,
  UpstreamRequest,
} from "../suite/adapter";

interface Call {
  Id: string;
  Function: { Name: string; Arguments: string };
}
interface Part {
  Text?: string;
  ImageUrl?: { Url: string };
}

const FORMAT_TOOL = "json_tool_call";
const FINISH = { stop: "stop", length: "length", tool_calls: "tool_calls", content_filter: "sensitive" };
const HEAD = { Note: "AI-generated", Created: 1703148000, Id: "chat-1" };

function readTurn(message: Member, names: Map<string, string>): SpokenTurn {
  const calls = (message["ToolCalls"] ?? []) as Call[];
  for (const call of calls) names.set(call.Id, call.Function.Name);
  const text = (message["Content"] ?? "") as string;
  if (message["Role"] === "tool") {
    const name = names.get(message["ToolCallId"] as string) ?? "";
    return turnOf("user", { toolResults: [{ name, text: text === " " ? "" : text }] });
  }
  const parts = (message["Contents"] ?? [{ Text: text }]) as Part[];
  return turnOf(message["Role"] as "user" | "assistant", {
    texts: parts.flatMap((part) => (part.Text === undefined || part.Text === "" ? [] : [part.Text])),
    images: parts.flatMap((part) => part.ImageUrl?.Url ?? []),
    toolCalls: calls.map((call) => ({
      name: call.Function.Name,
      arguments: JSON.parse(call.Function.Arguments) as unknown,
    })),
  });
}

function readRequest(request: UpstreamRequest): SpokenRequest {
  const body = JSON.parse(request.text) as Member;
  const messages = body["Messages"] as Member[];
  const tools = (body["Tools"] ?? []) as { Function: { Name: string; Description?: string } }[];
  const names = new Map<string, string>();
  const custom = body["CustomTool"] as { Function: { Name: string; Parameters: string } } | undefined;
  // JSON is asked for by a tool that must be called.
  const form = custom?.Function.Name === FORMAT_TOOL ? (JSON.parse(custom.Function.Parameters) as Member) : undefined;
  return {
    system: messages.filter(({ Role }) => Role === "system").map(({ Content }) => Content as string),
    turns: messages.filter(({ Role }) => Role !== "system").map((message) => readTurn(message, names)),
    tools: (form ? [] : tools).map((tool) => ({ name: tool.Function.Name, description: tool.Function.Description })),
    toolChoice: form
      ? "auto"
      : custom
        ? { name: custom.Function.Name }
        : body["ToolChoice"] === "none"
          ? "none"
          : "auto",
    maxTokens: undefined,
    temperature: body["Temperature"] as number | undefined,
    topP: body["TopP"] as number | undefined,
    stop: (body["Stop"] ?? []) as string[],
    format: form ? formOf(form) : "text",
    reasons: undefined,
    stream: body["Stream"] as boolean,
  };
}

function usageOf({ usage: { input, output, cachedInput } }: SpokenAnswer): Member {
  return {
    PromptTokens: input,
    CompletionTokens: output,
    TotalTokens: input + output,
    ...(cachedInput === undefined ? {} : { PromptTokensDetails: { CachedTokens: String(cachedInput) } }),
  };
}

function callsOf(answer: SpokenAnswer): (Call & Member)[] {
  return (answer.toolCalls ?? []).map((call, Index) => ({
    Id: `call_${String(Index)}`,
    Type: "function",
    Function: { Name: call.name, Arguments: JSON.stringify(call.arguments) },
    Index,
  }));
}

function writeAnswer(answer: SpokenAnswer): NativeAnswer {
  const calls = callsOf(answer);
  const Message = {
    Role: "assistant",
    Content: answer.text ?? "",
    ...(answer.reasoning === undefined ? {} : { ReasoningContent: answer.reasoning }),
    ...(calls.length > 0 ? { ToolCalls: calls } : {}),
  };
  const Choices = [{ Index: 0, Message, FinishReason: FINISH[answer.finish] }];
  return jsonAnswer({ Response: { RequestId: "r", ...HEAD, Choices, Usage: usageOf(answer) } });
}

function writeStream(answer: SpokenAnswer, options: { noise?: boolean; withoutEnd?: boolean } = {}): NativeAnswer {
  const noise = options.noise ? { NewMember: { Deep: [1] }, ErrorMsg: null } : {};
  const event = (Delta: Member, FinishReason = ""): Member => ({
    ...HEAD,
    ...noise,
    Choices: [{ Index: 0, Delta: { Role: "assistant", ...Delta }, FinishReason }],
    Usage: usageOf(answer),
  });
  const events = [
    ...halves(answer.reasoning ?? "").map((ReasoningContent) => event({ ReasoningContent })),
    ...halves(answer.text ?? "").map((Content) => event({ Content })),
    ...callsOf(answer).flatMap((call) => [
      event({ Content: "", ToolCalls: [{ ...call, Function: { Name: call.Function.Name, Arguments: "" } }] }),
      ...halves(call.Function.Arguments).map((piece) =>
        event({ ToolCalls: [{ ...call, Function: { Name: "", Arguments: piece } }] }),
      ),
    ]),
    ...(options.noise ? [{ Brand: "new" }] : []),
    ...(options.withoutEnd ? [] : [event({ Content: "" }, FINISH[answer.finish])]),
  ];
  return eventAnswer(events.map((each) => [null, each]));
}

const error = (code: string, message: string): string =>
  JSON.stringify({ Response: { Error: { Code: code, Message: message }, RequestId: "r" } });

/** Tencent Cloud's own Hunyuan API for the shared suite. */
export const adapter: ProtocolAdapter = {
  name: "hunyuan",
  title: "Hunyuan (Tencent Cloud API 3.0)",
  target: {
    type: "hunyuan",
    model: "hunyuan-turbo",
    apiToken: "",
    provider: { hunyuanAuthId: "AKIDtest", hunyuanAuthKey: "test-key" },
  },
  refusals: [
    { message: /^Only one choice/, reason: "More than one choice: the API gives one answer" },
    { message: /^JSON as response_format/, reason: "JSON beside tools: no choice between the form's tool and others" },
    {
      message: /^(Files are|Unsupported image|Images are)/,
      reason: "Files and images of other kinds: no word for them",
    },
    { message: /^(Audio input|Images and files)/, reason: "Audio, and media of others than the user: no word for it" },
    { message: /^messages: at least one/, reason: "A conversation without any turn has nothing to answer" },
  ],
  unsupported: {
    "reasoning tokens": "`Usage` counts them with the completion and does not name them.",
    "tool choice required":
      "The vendor forces a certain tool, never any; one offered tool is forced, several are left to choose",
    "document inline": "The API takes texts and images only",
    "reasoning effort": "The API has no word for it",
    "token limit": "The API has no word for the limit of output tokens",
  },
  validate: (request) => askMock(hunyuan, request),
  readRequest,
  writeAnswer,
  writeStream,
  writeErrorStream(afterContent) {
    const failed = { ...HEAD, ErrorMsg: { Msg: "Internal error", Code: 4000 } };
    const Choices = [{ Index: 0, Delta: { Role: "assistant", Content: "Hel" }, FinishReason: "" }];
    return eventAnswer((afterContent ? [{ ...HEAD, Choices }, failed] : [failed]).map((event) => [null, event]));
  },
  writeEmptyAnswer: () => writeAnswer({ text: "", finish: "stop", usage: { input: 1, output: 0 } }),
  errors: [
    { status: 400, body: error("InvalidParameterValue", "A value is wrong."), reason: "bad-request" },
    { status: 404, body: error("InvalidParameterValue.Model", "Model not exist"), reason: "not-found" },
    { status: 401, body: error("AuthFailure.SignatureFailure", "The credentials are wrong."), reason: "auth" },
    { status: 429, body: error("ResourceInsufficient.ChargeResourceExhaust", "No more."), reason: "rate-limit" },
    { status: 429, body: error("ResourceUnavailable.LowBalance", "No balance left."), reason: "rate-limit" },
    { status: 429, body: error("RequestLimitExceeded", "Your request rate is too high."), reason: "rate-limit" },
    {
      status: 400,
      body: error("OperationDenied.TextIllegalDetected", "The text is illegal."),
      reason: "content-filter",
    },
    { status: 500, body: error("FailedOperation.EngineServerError", "The engine has failed."), reason: "server-error" },
  ],
};

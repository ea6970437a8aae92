import { ProviderType } from "../provider-type";
import { alsoCalled, Dialect, reasoning, REASONING_CONTENT, speaking, vendor } from "./row";

/** Zhipu takes one choice of tools and one name for the token limit, and has its own switch for reasoning. */
function zhipuAt(path: string): ProviderType {
  const type = vendor("zhipuai", "ZHIPUAI_API_KEY", "open.bigmodel.cn" + path, "docs.bigmodel.cn/api-reference");
  const dialect =
    Dialect.EffortAsThinking | Dialect.TemperatureUpToOne | Dialect.NoStreamOptions | Dialect.RejectsNames;
  return speaking(type, dialect, "presence_penalty frequency_penalty logit_bias n", REASONING_CONTENT);
}

/** Zhipu's plan for programming tools: the same API at another path. Source: https://docs.bigmodel.cn/cn/coding-plan/overview */
export function zhipuCodePlan(): ProviderType {
  const type = zhipuAt("/api/coding/paas/v4");
  type.selector = "zhipuCodePlanMode";
  type.selectorValue = "true";
  return type;
}

/** The history rule: https://api-docs.deepseek.com/guides/thinking_mode */
function deepseek(): ProviderType {
  const source = "api-docs.deepseek.com/api/create-chat-completion";
  const type = vendor("deepseek", "DEEPSEEK_API_KEY", "api.deepseek.com", source);
  return speaking(type, Dialect.ReasoningOfToolTurns, "", REASONING_CONTENT);
}

function qwen(): ProviderType {
  const source = "www.alibabacloud.com/help/en/model-studio/compatibility-of-openai-with-dashscope";
  const type = vendor("qwen", "DASHSCOPE_API_KEY", "dashscope.aliyuncs.com/compatible-mode/v1", source);
  return speaking(type, Dialect.None, "", REASONING_CONTENT);
}

function baidu(): ProviderType {
  const source = "cloud.baidu.com/doc/qianfan-api/s/3m7of64lb";
  const type = vendor("baidu", "QIANFAN_API_KEY", "qianfan.baidubce.com/v2", source);
  return speaking(type, Dialect.NewTokenLimit, "", REASONING_CONTENT);
}

function doubao(): ProviderType {
  const type = vendor(
    "doubao",
    "ARK_API_KEY",
    "ark.cn-beijing.volces.com/api/v3",
    "www.volcengine.com/docs/82379/1494384",
  );
  return speaking(type, Dialect.None, "", REASONING_CONTENT);
}

/** The key is `APIPassword`, or `APIKey:APISecret`. */
function spark(): ProviderType {
  const source = "www.xfyun.cn/doc/spark/X1http.html";
  const type = vendor("spark", "SPARK_API_PASSWORD", "spark-api-open.xf-yun.com/v1", source);
  return speaking(type, Dialect.NoStreamOptions | Dialect.TemperatureUpToOne, "", REASONING_CONTENT);
}

/** MiniMax's second chat API, which is OpenAI's but for its path. */
function minimax(): ProviderType {
  const source = "platform.minimaxi.com/document/ChatCompletion%20v2";
  const type = vendor("minimax", "MINIMAX_API_KEY", "api.minimaxi.com/v1", source);
  type.chatPath = "/text/chatcompletion_v2";
  return speaking(type, Dialect.TemperatureUpToOne | Dialect.NewTokenLimit, "", REASONING_CONTENT);
}

function kling(): ProviderType {
  const type = vendor("kling", "", "api.klingai.com", "app.klingai.com/global/dev/document-api");
  type.withoutChat = "Kling makes videos and has no chat API.";
  return type;
}

/** Clouds of large companies. */
function listClouds(): ProviderType[] {
  return [
    deepseek(),
    qwen(),
    alsoCalled("dashscope", qwen()),
    doubao(),
    alsoCalled("volcengine", doubao()),
    baidu(),
    alsoCalled("qianfan", baidu()),
    reasoning(
      "hunyuan",
      "HUNYUAN_API_KEY",
      "api.hunyuan.cloud.tencent.com/v1",
      "cloud.tencent.com/document/product/1729/111007",
    ),
    reasoning(
      "tencent",
      "LKEAP_API_KEY",
      "api.lkeap.cloud.tencent.com/v1",
      "cloud.tencent.com/document/product/1772/115969",
    ),
    spark(),
    alsoCalled("iflytek", spark()),
    ai360(),
    alsoCalled("360", ai360()),
    kling(),
  ];
}

function ai360(): ProviderType {
  return vendor("ai360", "AI360_API_KEY", "api.360.cn/v1", "ai.360.com/docs/437061603e0");
}

/** Its stream tells the usage in the last choice. Source: https://platform.moonshot.cn/docs/api/chat */
function moonshot(): ProviderType {
  const type = vendor("moonshot", "MOONSHOT_API_KEY", "api.moonshot.cn/v1", "platform.moonshot.cn/docs/api/chat");
  const dialect = Dialect.NewTokenLimit | Dialect.UsageInChoice | Dialect.TemperatureUpToOne;
  return speaking(type, dialect, "", REASONING_CONTENT);
}

function baichuan(): ProviderType {
  const source = "platform.baichuan-ai.com/docs/api";
  return speaking(vendor("baichuan", "BAICHUAN_API_KEY", "api.baichuan-ai.com/v1", source), Dialect.TemperatureUpToOne);
}

/** Makers of models, and who runs them for others. */
function listMakersAndHosts(): ProviderType[] {
  return [
    moonshot(),
    zhipuAt("/api/paas/v4"),
    minimax(),
    baichuan(),
    reasoning(
      "stepfun",
      "STEPFUN_API_KEY",
      "api.stepfun.com/v1",
      "platform.stepfun.com/docs/api-reference/chat/chat-completion-create",
      "reasoning",
    ),
    vendor("yi", "YI_API_KEY", "api.lingyiwanwu.com/v1", "platform.lingyiwanwu.com/docs/api-reference"),
    reasoning("longcat", "LONGCAT_API_KEY", "api.longcat.chat/openai/v1", "longcat.chat/platform/docs"),
    reasoning(
      "siliconflow",
      "SILICONFLOW_API_KEY",
      "api.siliconflow.cn/v1",
      "docs.siliconflow.cn/cn/api-reference/chat-completions/chat-completions",
    ),
    reasoning(
      "modelscope",
      "MODELSCOPE_API_KEY",
      "api-inference.modelscope.cn/v1",
      "modelscope.cn/docs/model-service/API-Inference/intro",
    ),
  ];
}

/** Vendors in China. */
export function listChineseVendors(): ProviderType[] {
  return listClouds().concat(listMakersAndHosts());
}

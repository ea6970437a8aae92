import { ProviderType } from "../provider-type";
import { MINIMAX_CODES } from "../shared/minimax-codes";
import {
  alsoCalled,
  Dialect,
  reasoning,
  REASONING_CONTENT,
  speaking,
  vendor,
  withErrorCodes,
  withReasoningTags,
} from "./row";

/** Spent limits and plans count as rate limits, so that a route goes on. Source: https://docs.bigmodel.cn/cn/api/api-code */
const ZHIPU_CODES =
  "500=500 1000=401 1001=401 1002=401 1003=401 1004=401 1110=403 1111=403 1112=403 1113=429 1120=500 1121=403 1210=400 1211=404 1212=400 " +
  "1213=400 1214=400 1215=400 1220=403 1221=404 1222=404 1230=500 1234=500 1261=context 1300=filter 1301=filter 1302=429 1303=429 " +
  "1304=429 1305=429 1308=429 1309=403 1310=429 1311=403 1312=503 1313=429";

/**
 * Spark's numbers are the same in all of its APIs. Sources: https://www.xfyun.cn/doc/spark/Web.html,
 * https://github.com/langchain4j/langchain4j (`SparkResponseErrorCode.java`)
 */
const SPARK_CODES =
  "10000=500 10001=500 10002=500 10003=400 10004=400 10005=400 10006=429 10007=429 10008=503 10009=500 10010=500 10011=500 10012=500 " +
  "10013=filter 10014=filter 10015=403 10016=403 10017=500 10019=filter 10110=503 10163=400 10222=500 10223=500 10907=context " +
  "11200=403 11201=429 11202=429 11203=429 11500=401 11501=400";

const ZHIPU_PAGE = "docs.bigmodel.cn/api-reference/%E6%A8%A1%E5%9E%8B-api/%E5%AF%B9%E8%AF%9D%E8%A1%A5%E5%85%A8";

/** Zhipu takes one choice of tools and one name for the token limit, and has its own switch for reasoning. */
function zhipuAt(path: string): ProviderType {
  const type = vendor("zhipuai", "ZHIPUAI_API_KEY", "open.bigmodel.cn" + path, ZHIPU_PAGE);
  const dialect =
    Dialect.EffortAsThinking | Dialect.TemperatureUpToOne | Dialect.NoStreamOptions | Dialect.RejectsNames;
  const rejected = "presence_penalty frequency_penalty logit_bias n";
  return withErrorCodes(speaking(type, dialect, rejected, REASONING_CONTENT), ZHIPU_CODES);
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

/** Its `max_tokens` counts no thoughts, its `max_completion_tokens` does, as OpenAI's: https://docs.byteplus.com/en/docs/Byteplus_LAS/Chat_API */
function doubao(): ProviderType {
  const type = vendor(
    "doubao",
    "ARK_API_KEY",
    "ark.cn-beijing.volces.com/api/v3",
    "www.volcengine.com/docs/82379/1494384",
  );
  return speaking(type, Dialect.NewTokenLimit, "", REASONING_CONTENT);
}

/**
 * The key is `APIPassword`, or `APIKey:APISecret`. The models X1 are at `/v2` instead, as type `generic`:
 * https://www.xfyun.cn/doc/spark/X1http.html
 */
function spark(): ProviderType {
  const source = "docs.iflyaicloud.com/doc/237";
  const type = vendor("spark", "SPARK_API_PASSWORD", "spark-api-open.xf-yun.com/v1", source);
  const dialect = Dialect.NoStreamOptions | Dialect.TemperatureUpToOne;
  return withErrorCodes(speaking(type, dialect, "", REASONING_CONTENT), SPARK_CODES, "code");
}

/**
 * MiniMax's second chat API, which is OpenAI's but for its path. Its models reason in the text unless `reasoning_split` is asked for.
 * Source: https://platform.minimax.io/docs/api-reference/text-openai-api
 */
function minimax(): ProviderType {
  const source = "platform.minimaxi.com/document/ChatCompletion%20v2";
  const type = vendor("minimax", "MINIMAX_API_KEY", "api.minimaxi.com/v1", source);
  type.chatPath = "/text/chatcompletion_v2";
  const dialect = Dialect.TemperatureUpToOne | Dialect.NewTokenLimit;
  const spoken = withReasoningTags(speaking(type, dialect, "", REASONING_CONTENT));
  return withErrorCodes(spoken, MINIMAX_CODES, "base_resp");
}

function kling(): ProviderType {
  const type = vendor("kling", "", "api-singapore.klingai.com", "app.klingai.com/global/dev/document-api");
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
    tencent(),
    spark(),
    alsoCalled("iflytek", spark()),
    ai360(),
    alsoCalled("360", ai360()),
    kling(),
  ];
}

/**
 * TokenHub, which other makers' models have moved to from `api.lkeap.cloud.tencent.com`
 * (https://cloud.tencent.com/document/product/1772/130548). Outside China it is `tokenhub-intl.tencentcloudmaas.com`.
 */
function tencent(): ProviderType {
  const source = "cloud.tencent.com/document/product/1823/132252";
  return reasoning("tencent", "TENCENT_API_KEY", "tokenhub.tencentmaas.com/v1", source);
}

function ai360(): ProviderType {
  return vendor("ai360", "AI360_API_KEY", "api.360.cn/v1", "ai.360.com/docs/437061603e0");
}

/**
 * Its stream tells the usage in the last choice, and in a chunk of its own since it knows `stream_options`. Outside China it is
 * `api.moonshot.ai`.
 */
function moonshot(): ProviderType {
  const type = vendor("moonshot", "MOONSHOT_API_KEY", "api.moonshot.cn/v1", "platform.kimi.ai/docs/api/chat");
  const dialect = Dialect.NewTokenLimit | Dialect.UsageInChoice | Dialect.TemperatureUpToOne;
  return speaking(type, dialect, "", REASONING_CONTENT);
}

function baichuan(): ProviderType {
  const source = "platform.baichuan-ai.com/docs/api";
  return speaking(vendor("baichuan", "BAICHUAN_API_KEY", "api.baichuan-ai.com/v1", source), Dialect.TemperatureUpToOne);
}

function longCat(): ProviderType {
  const source = "longcat.chat/platform/docs/api/chat.html";
  const type = vendor("longcat", "LONGCAT_API_KEY", "api.longcat.chat/openai/v1", source);
  return speaking(type, Dialect.EffortAsThinking | Dialect.TemperatureUpToOne, "", REASONING_CONTENT);
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
      "platform.stepfun.com/docs/zh/api-reference/chat/chat-completion-create",
      "reasoning",
    ),
    vendor("yi", "YI_API_KEY", "api.lingyiwanwu.com/v1", "platform.lingyiwanwu.com/docs/api-reference"),
    longCat(),
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

import { registerPlugin } from "./abi/exports";
import { PluginContext } from "./abi/context";
import { ModelmuxPlugin } from "./filter/plugin";

registerPlugin((): PluginContext => new ModelmuxPlugin());

export {
  modelmux_live_blocks,
  proxy_abi_version_0_2_1,
  proxy_on_configure,
  proxy_on_context_create,
  proxy_on_delete,
  proxy_on_log,
  proxy_on_memory_allocate,
  proxy_on_request_body,
  proxy_on_request_headers,
  proxy_on_request_trailers,
  proxy_on_response_body,
  proxy_on_response_headers,
  proxy_on_response_trailers,
  proxy_on_vm_start,
} from "./abi/exports";

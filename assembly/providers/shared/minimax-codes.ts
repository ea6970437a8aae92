/**
 * What MiniMax's numbers mean, which come with a 200 in both of its APIs. An account without money counts as a spent limit, as
 * OpenAI's `insufficient_quota` does, so that a route goes on. Source: https://platform.minimax.io/docs/api-reference/errorcode
 */
export const MINIMAX_CODES =
  "1000=500 1001=504 1002=429 1004=401 1008=429 1024=500 1026=filter 1027=filter 1033=500 1039=429 1041=429 1042=400 2013=400 2045=429 2049=401 2056=429";

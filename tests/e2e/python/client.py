"""The official openai package for Python through the gateway; prints one JSON object: {case: result or {"exception": ...}}."""

import json
import sys

import openai

WEATHER = {
    "type": "object",
    "properties": {
        "city": {"type": "string"},
        "unit": {"type": "string", "enum": ["celsius", "fahrenheit"]},
    },
    "required": ["city", "unit"],
    "additionalProperties": False,
}
TOOLS = [
    {"type": "function", "function": {"name": name, "parameters": WEATHER}}
    for name in ("get_weather", "get_time")
]
PARALLEL = 'call get_weather {"city":"K\\u00f6ln","unit":"celsius"} and call get_time'
FORMAT = {"type": "json_schema", "json_schema": {"name": "weather", "strict": True, "schema": WEATHER}}


def user(text):
    return [{"role": "user", "content": text}]


def calls_of(message):
    return [[call.function.name, json.loads(call.function.arguments)] for call in message.tool_calls or []]


def chat(client, model):
    answer = client.chat.completions.create(model=model, messages=user("Grüße 😀"))
    usage = answer.usage
    return {
        "text": answer.choices[0].message.content,
        "finish": answer.choices[0].finish_reason,
        "adds_up": usage.total_tokens == usage.prompt_tokens + usage.completion_tokens > 0,
    }


def stream(client, model):
    chunks = list(
        client.chat.completions.create(
            model=model, messages=user("Grüße 😀"), stream=True, stream_options={"include_usage": True}
        )
    )
    return {
        "text": "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices),
        "finish": [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices and chunk.choices[0].finish_reason],
        "ids": len({chunk.id for chunk in chunks}),
        "usage_chunks": sum(1 for chunk in chunks if chunk.usage),
        "last_is_usage": chunks[-1].usage is not None and chunks[-1].choices == [],
    }


def stream_helper(client, model):
    with client.chat.completions.stream(model=model, messages=user("Hello")) as events:
        text = "".join(event.delta for event in events if event.type == "content.delta")
        final = events.get_final_completion()
    return {"text": text, "same": final.choices[0].message.content == text}


def tools(client, model):
    answer = client.chat.completions.create(model=model, messages=user(PARALLEL), tools=TOOLS)
    message = answer.choices[0].message
    with client.chat.completions.stream(model=model, messages=user(PARALLEL), tools=TOOLS) as events:
        events.until_done()
        streamed = events.get_final_completion().choices[0]
    results = [
        {"role": "tool", "tool_call_id": call.id, "content": f"result {index}"}
        for index, call in enumerate(message.tool_calls)
    ]
    following = client.chat.completions.create(
        model=model, messages=[*user(PARALLEL), message, *results], tools=TOOLS
    )
    forced = client.chat.completions.create(
        model=model,
        messages=user("Hi"),
        tools=TOOLS,
        tool_choice={"type": "function", "function": {"name": "get_time"}},
    )
    return {
        "calls": calls_of(message),
        "streamed": calls_of(streamed.message),
        "finish": [answer.choices[0].finish_reason, streamed.finish_reason],
        "following": following.choices[0].message.content,
        "forced": calls_of(forced.choices[0].message),
    }


def structured(client, model):
    unary = client.chat.completions.create(model=model, messages=user("Weather"), response_format=FORMAT)
    with client.chat.completions.stream(model=model, messages=user("Weather"), response_format=FORMAT) as events:
        events.until_done()
        streamed = events.get_final_completion()
    return [json.loads(answer.choices[0].message.content) for answer in (unary, streamed)]


def vision(client, model, picture):
    content = [
        {"type": "text", "text": "What is this?"},
        {"type": "image_url", "image_url": {"url": picture}},
        {"type": "image_url", "image_url": {"url": "https://example.com/cat.png"}},
    ]
    answer = client.chat.completions.create(model=model, messages=[{"role": "user", "content": content}])
    return answer.choices[0].message.content


def error(client, model, vendor, status):
    headers = {f"x-mock-{vendor}": json.dumps({"status": status, "message": f"scripted {status}"})}
    results = []
    for streaming in (False, True):
        try:
            client.chat.completions.create(model=model, messages=user("Hi"), stream=streaming, extra_headers=headers)
            results.append("no error")
        except openai.APIStatusError as failure:
            results.append([type(failure).__name__, failure.status_code, f"scripted {status}" in failure.message])
    return results


def broken_stream(client, model, vendor):
    headers = {f"x-mock-{vendor}": json.dumps({"errorAtEvent": 8, "eventDelayMs": 15, "message": "broke"})}
    text = ""
    try:
        for chunk in client.chat.completions.create(model=model, messages=user("Hi"), stream=True, extra_headers=headers):
            text += chunk.choices[0].delta.content or ""
        return "no error"
    except openai.APIError as failure:
        return [text != "", "broke" in failure.message]


def attempt(results, name, function, *arguments):
    try:
        results[name] = function(*arguments)
    except Exception as failure:  # the test shows it
        results[name] = {"exception": f"{type(failure).__name__}: {failure}"}


def main():
    settings = json.load(sys.stdin)
    client = openai.OpenAI(
        base_url=settings["base_url"], api_key="sk-the-clients-own-key", max_retries=0, timeout=15
    )
    answer = {"version": openai.__version__, "models": [model.id for model in client.models.list()], "cases": {}}
    for case in settings["cases"]:
        results = answer["cases"][case["provider"]] = {}
        model = case["model"]
        attempt(results, "chat", chat, client, model)
        attempt(results, "stream", stream, client, model)
        attempt(results, "stream_helper", stream_helper, client, model)
        attempt(results, "tools", tools, client, model)
        attempt(results, "broken_stream", broken_stream, client, model, case["vendor"])
        if case["schemas"]:
            attempt(results, "structured", structured, client, model)
        if case["vision"]:
            attempt(results, "vision", vision, client, case["vision"], settings["picture"])
        for status in (400, 401, 403, 404, 429, 500, 503):
            attempt(results, f"error_{status}", error, client, f"{case['provider']}/{model}", case["vendor"], status)
    json.dump(answer, sys.stdout)


main()

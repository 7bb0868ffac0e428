"""Makes calls with the vendors' own SDKs, unmodified, against their default addresses. argv[1] names the vendor."""

import sys


def tool_openai():
    return {"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object", "properties": {}}}}


def call_openai():
    from openai import OpenAI

    client = OpenAI(api_key="sk-proj-plantedplantedplantedplantedplanted12345678")
    chat = client.chat.completions
    ask = lambda name: [{"role": "user", "content": f"Say {name}."}]
    chat.create(model="gpt-4o-mini", messages=ask("call-sdka"))
    options = {"include_usage": True}
    for _ in chat.create(model="gpt-4o-mini", messages=ask("call-sdkb"), stream=True, stream_options=options):
        pass
    for _ in chat.create(
        model="gpt-4o-mini", messages=ask("call-sdkc"), stream=True, stream_options=options, tools=[tool_openai()]
    ):
        pass
    client.responses.create(model="gpt-4o-mini", input="Say call-sdkd.")
    for _ in client.responses.create(model="gpt-4o-mini", input="Say call-sdke.", stream=True):
        pass
    client.embeddings.create(model="text-embedding-3-small", input=["call-sdkf"], encoding_format="float")


def call_anthropic():
    from anthropic import Anthropic

    client = Anthropic(api_key="sk-ant-api03-plantedplantedplantedplantedplanted12345678")
    ask = lambda name: {
        "model": "claude-sonnet-4-20250514",
        "max_tokens": 64,
        "messages": [{"role": "user", "content": f"Say {name}."}],
    }
    client.messages.create(**ask("call-sdkg"))
    with client.messages.stream(**ask("call-sdkh")) as stream:
        stream.until_done()
    tools = [{"name": "get_weather", "input_schema": {"type": "object", "properties": {}}}]
    with client.messages.stream(**ask("call-sdki"), tools=tools) as stream:
        stream.until_done()


{"openai": call_openai, "anthropic": call_anthropic}[sys.argv[1]]()
print("done")

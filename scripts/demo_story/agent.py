"""A small agent on one kept connection: asks a model, runs the tool it wants, tells it the result."""

import gzip
import http.client
import json
import os
import subprocess
import time

HEADERS = {
    "authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
    "content-type": "application/json",
    "accept-encoding": "gzip",
}
TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "bash",
            "description": "Runs a command",
            "parameters": {"type": "object", "properties": {"command": {"type": "string"}}, "required": ["command"]},
        },
    }
]
connection = http.client.HTTPSConnection("api.openai.com")


def send(body):
    for _ in range(3):
        connection.request("POST", "/v1/chat/completions", json.dumps(body), HEADERS)
        answer = connection.getresponse()
        text = answer.read()
        if answer.headers.get("content-encoding") == "gzip":
            text = gzip.decompress(text)
        if answer.status != 429:
            return text.decode()
        time.sleep(float(answer.headers["retry-after"]))
    raise SystemExit("refused three times")


def join_tool_call(stream):
    call = {"id": "", "type": "function", "function": {"name": "", "arguments": ""}}
    for line in stream.splitlines():
        if not line.startswith("data: {"):
            continue
        for choice in json.loads(line[6:])["choices"]:
            for part in choice["delta"].get("tool_calls") or []:
                call["id"] = part.get("id", call["id"])
                call["function"]["name"] += part["function"].get("name", "")
                call["function"]["arguments"] += part["function"].get("arguments", "")
    return call


messages = [
    {"role": "system", "content": "You look after a small Python project. Use the tools."},
    {"role": "user", "content": "Which modules in src have no test? Mail the list to dana@example.com."},
]
first = {"model": "gpt-4o-mini", "messages": messages, "tools": TOOLS}
call = join_tool_call(send({**first, "stream": True, "stream_options": {"include_usage": True}}))
command = json.loads(call["function"]["arguments"])["command"]
result = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True).stdout
messages.append({"role": "assistant", "content": None, "tool_calls": [call]})
messages.append({"role": "tool", "tool_call_id": call["id"], "content": result})
print(json.loads(send(first))["choices"][0]["message"]["content"])

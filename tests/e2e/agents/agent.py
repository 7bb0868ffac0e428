"""A small coding agent over OpenAI chat: asks the model, runs what it asks for with bash, sends the results, prints the answer.

argv[1] is the task. Each call is a new connection, as urllib makes them. No header names a session.
"""

import json
import os
import subprocess
import sys
import urllib.request

TOOLS = [
    {"type": "function", "function": {"name": name, "parameters": {"type": "object"}}} for name in ("bash", "todowrite")
]


def ask(messages):
    body = {"model": "gpt-4o-mini", "messages": messages, "tools": TOOLS}
    request = urllib.request.Request(
        "https://api.openai.com/v1/chat/completions",
        data=json.dumps(body).encode(),
        headers={"content-type": "application/json", "authorization": "Bearer " + os.environ["OPENAI_API_KEY"]},
    )
    with urllib.request.urlopen(request) as response:
        return json.load(response)["choices"][0]["message"]


def act(name, arguments):
    if name != "bash":
        return "ok"
    done = subprocess.run(["bash", "-c", arguments["command"]], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr + (f"\nexit code {done.returncode}" if done.returncode else "")


def main():
    messages = [{"role": "system", "content": "You are a coding agent."}, {"role": "user", "content": sys.argv[1]}]
    while True:
        message = ask(messages)
        messages.append(message)
        if not message.get("tool_calls"):
            print(message["content"])
            return
        for call in message["tool_calls"]:
            function = call["function"]
            result = act(function["name"], json.loads(function["arguments"]))
            messages.append({"role": "tool", "tool_call_id": call["id"], "content": result})


main()

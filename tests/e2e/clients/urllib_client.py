"""Sends the jobs of argv[1] (JSON; - is stdin) one after the other with urllib, and prints what came back as JSON."""

import base64
import json
import sys
import urllib.error
import urllib.request


def send(job):
    data = base64.b64decode(job["body"]) if "body" in job else None
    request = urllib.request.Request(job["url"], data=data, headers=job["headers"])
    try:
        with urllib.request.urlopen(request) as response:
            return {"status": response.status, "body": base64.b64encode(response.read()).decode()}
    except urllib.error.HTTPError as error:
        return {"status": error.code, "body": base64.b64encode(error.read()).decode()}


print(json.dumps([send(job) for job in json.loads(sys.stdin.read() if sys.argv[1] == "-" else sys.argv[1])]))

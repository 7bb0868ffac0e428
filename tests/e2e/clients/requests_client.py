"""Sends the jobs of argv[1] (JSON; - is stdin) over one requests session, and prints what came back as JSON."""

import base64
import json
import sys

import requests

session = requests.Session()


def send(job):
    data = base64.b64decode(job["body"]) if "body" in job else None
    response = session.request("POST" if data else "GET", job["url"], data=data, headers=job["headers"], stream=True)
    return {"status": response.status_code, "body": base64.b64encode(response.raw.read(decode_content=False)).decode()}


print(json.dumps([send(job) for job in json.loads(sys.stdin.read() if sys.argv[1] == "-" else sys.argv[1])]))

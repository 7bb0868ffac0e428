"""Sends the jobs of argv[1] (JSON) at once, each on its own connection of one asyncio loop (TLS over memory BIOs)."""

import asyncio
import base64
import json
import ssl
import sys
import urllib.parse

CONTEXT = ssl.create_default_context()


async def read_chunks(reader):
    body = b""
    while size := int((await reader.readline()).strip(), 16):
        body += await reader.readexactly(size)
        await reader.readline()
    await reader.readline()
    return body


async def exchange(reader, writer, job):
    url = urllib.parse.urlsplit(job["url"])
    body = base64.b64decode(job["body"]) if "body" in job else b""
    head = f"{'POST' if body else 'GET'} {url.path} HTTP/1.1\r\nHost: {url.hostname}\r\nContent-Length: {len(body)}\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in job["headers"].items())
    writer.write(head.encode() + b"\r\n" + body)
    await writer.drain()
    status = int((await reader.readline()).split()[1])
    headers = {}
    while (line := (await reader.readline()).decode().strip()):
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    if headers.get("transfer-encoding") == "chunked":
        answer = await read_chunks(reader)
    else:
        answer = await reader.readexactly(int(headers["content-length"]))
    return {"status": status, "body": base64.b64encode(answer).decode()}


async def connection(jobs):
    url = urllib.parse.urlsplit(jobs[0]["url"])
    reader, writer = await asyncio.open_connection(url.hostname, url.port or 443, ssl=CONTEXT)
    results = [await exchange(reader, writer, job) for job in jobs]
    writer.close()
    return results


async def main():
    jobs = json.loads(sys.argv[1])
    lanes = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    done = await asyncio.gather(*(connection(jobs[lane::lanes]) for lane in range(lanes)))
    print(json.dumps([result for results in done for result in results]))


asyncio.run(main())

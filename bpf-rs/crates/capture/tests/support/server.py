"""HTTPS on a free port of loopback: answers with the client's port, what was asked, and a body of the size in X-Size.
Ends with its standard input. usage: server.py CERT KEY"""
import http.server, os, ssl, sys, threading

class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one write: two would wait for the delayed acknowledgement of the first
    def do_GET(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        answer = b"port=%d path=%s got=%d " % (self.client_address[1], self.path.encode(), len(body))
        answer += b"x" * (int(self.headers.get("X-Size") or 0) - len(answer))
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)
    do_POST = do_PUT = do_GET
    def log_message(self, *arguments):
        pass

context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1], sys.argv[2])
class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    def finish_request(self, request, address):
        with context.wrap_socket(request, server_side=True) as secure:
            self.RequestHandlerClass(secure, address, self)
    def handle_error(self, request, address):
        pass
server = Server(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
os._exit(0)

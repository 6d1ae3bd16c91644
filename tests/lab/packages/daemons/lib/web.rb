# frozen_string_literal: true

require 'json'
require 'socket'

module Standin
  # A loopback HTTP server for health, version, statistics and orders: one answer a connection.
  class Web
    REASONS = { 200 => 'OK', 404 => 'Not Found', 405 => 'Method Not Allowed', 500 => 'Internal Server Error',
                503 => 'Service Unavailable' }.freeze
    BIND_PATIENCE = 5

    # `routes` answers a path with [status, type, body] or nil; `orders` does the same for what is sent with POST.
    def initialize(host, port, log, orders: ->(_) {}, &routes)
      @log = log
      @orders = orders
      @routes = routes
      @server = bind(host, port)
      @log.info("HTTP server on #{host}:#{port}.")
    end

    def start = Thread.new { loop { serve(@server.accept) } }

    private

    # A restart may find the port still in the hands of the process that is going away.
    def bind(host, port)
      deadline = Process.clock_gettime(Process::CLOCK_MONOTONIC) + BIND_PATIENCE
      begin
        TCPServer.new(host, port)
      rescue Errno::EADDRINUSE
        raise if Process.clock_gettime(Process::CLOCK_MONOTONIC) > deadline
        sleep 0.1
        retry
      end
    end

    def serve(socket)
      Thread.new do
        verb, target, = socket.gets("\n", 8192).to_s.split
        nil while (line = socket.gets("\n", 8192)) && !line.strip.empty?
        status, type, body = answer(verb, target)
        socket.write("HTTP/1.1 #{status} #{REASONS[status]}\r\nContent-Type: #{type}\r\n" \
                     "Content-Length: #{body.bytesize}\r\nConnection: close\r\n\r\n")
        socket.write(body) unless verb == 'HEAD'
      rescue IOError, SystemCallError => e
        @log.fine("HTTP: #{e.message}")
      ensure
        socket.close
      end
    end

    def answer(verb, target)
      return [405, 'text/plain', "GET and POST only\n"] unless %w[GET HEAD POST].include?(verb)
      answering = verb == 'POST' ? @orders : @routes
      answering.call(target.to_s.split('?').first) || [404, 'text/plain', "no such resource\n"]
    end
  end
end

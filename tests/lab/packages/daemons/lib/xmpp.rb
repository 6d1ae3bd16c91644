# frozen_string_literal: true

require 'socket'
require 'timeout'
require_relative 'scram'
require_relative 'xml'

module Standin
  # The server refused or dropped the connection; the text says at which step.
  class Disconnected < StandardError; end

  # How to reach and enter the XMPP server; tls is :required, :ifpossible or :disabled.
  Account = Struct.new(:host, :port, :domain, :user, :password, :resource, :tls, :context, keyword_init: true)

  # One XMPP client connection that stays up: STARTTLS, SCRAM, resource, requests, and handlers for what comes in.
  class Client
    TLS = 'urn:ietf:params:xml:ns:xmpp-tls'
    SASL = 'urn:ietf:params:xml:ns:xmpp-sasl'
    BIND = 'urn:ietf:params:xml:ns:xmpp-bind'
    STANZAS = 'urn:ietf:params:xml:ns:xmpp-stanzas'
    STEP_TIMEOUT = 10
    RETRY_DELAY = 2

    attr_reader :jid

    # `on` maps :ready, :lost, :presence and :iq to blocks.
    def initialize(account, log, on)
      @account = account
      @log = log
      @on = on
      @waiting = {}
      @lock = Mutex.new
      @parser = StreamParser.new { |stanza| @incoming << stanza }
      @incoming = []
      @serial = 0
    end

    def ready? = !@jid.nil?

    # Connects, and again after every loss; never returns.
    def run
      loop do
        enter
        @log.info("Logged in to #{@account.domain} as #{@jid}.")
        Thread.new { guarded { @on[:ready].call } }
        read_loop
      rescue Disconnected, IOError, SystemCallError, OpenSSL::SSL::SSLError, Timeout::Error => e
        @log.severe("XMPP connection to #{@account.host}:#{@account.port} (#{@account.domain}): #{e.class}: #{e.message}")
      ensure
        leave
        sleep RETRY_DELAY
      end
    end

    def send(element)
      @lock.synchronize { @stream&.write(element.to_s) }
    rescue IOError, SystemCallError, OpenSSL::SSL::SSLError => e
      @log.fine("Not sent: #{e.message}")
    end

    # Sends an IQ and waits; nil when no answer comes within `seconds`.
    def request(element, seconds)
      queue = Queue.new
      id = @lock.synchronize { "s#{@serial += 1}" }
      @waiting[id] = queue
      element.attrs['id'] = id
      send(element)
      Timeout.timeout(seconds) { queue.pop }
    rescue Timeout::Error
      nil
    ensure
      @waiting.delete(id)
    end

    def reply(iq, *children) = send(Element.new('iq', { type: 'result', id: iq['id'], to: iq['from'] }, children))

    def refuse(iq, condition, kind = 'cancel')
      error = Element.new('error', { type: kind }, Element.new(condition, { xmlns: STANZAS }))
      send(Element.new('iq', { type: 'error', id: iq['id'], to: iq['from'] }, error))
    end

    private

    def enter
      @stream = @socket = Socket.tcp(@account.host, @account.port, connect_timeout: STEP_TIMEOUT)
      features = open_stream
      features = secure(features) unless @account.tls == :disabled
      authenticate(features)
      open_stream
      bind
    end

    def open_stream
      @parser.reset
      @incoming.clear
      @stream.write("<?xml version='1.0'?><stream:stream to='#{CGI.escapeHTML(@account.domain)}' version='1.0' " \
                    "xml:lang='en' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>")
      step('features')
    end

    def secure(features)
      unless features.child('starttls', TLS)
        return features if @account.tls == :ifpossible
        raise Disconnected, 'the server does not offer TLS'
      end
      @stream.write("<starttls xmlns='#{TLS}'/>")
      step('proceed')
      @stream = OpenSSL::SSL::SSLSocket.new(@socket, @account.context)
      @stream.hostname = @account.domain
      @stream.sync_close = true
      Timeout.timeout(STEP_TIMEOUT) { @stream.connect }
      open_stream
    end

    def authenticate(features)
      offered = features.child('mechanisms', SASL)&.elements&.map(&:text) || []
      scram = Scram.new(@account.user, @account.password)
      return plain(scram) unless offered.include?('SCRAM-SHA-1')
      sasl('auth', scram.first, mechanism: 'SCRAM-SHA-1')
      sasl('response', scram.final(step('challenge').text.unpack1('m')))
      proved = scram.server_proved?(step('success').text.unpack1('m'))
      raise Disconnected, 'the server does not know the password' unless proved
    end

    def plain(scram)
      raise Disconnected, 'no mechanism that is safe without TLS' if @stream.equal?(@socket)
      sasl('auth', scram.plain, mechanism: 'PLAIN')
      step('success')
    end

    def sasl(name, text, attrs = {})
      @stream.write(Element.new(name, { xmlns: SASL }.merge(attrs), [text].pack('m0')).to_s)
    end

    def bind
      resource = Element.new('resource', {}, @account.resource)
      @stream.write(Element.new('iq', { type: 'set', id: 'bind' }, Element.new('bind', { xmlns: BIND }, resource)).to_s)
      answer = step('iq')
      jid = answer.child('bind')&.child('jid')&.text
      raise Disconnected, "resource refused: #{answer}" unless jid
      @jid = jid
    end

    # The next stanza during log-in, which must have that name.
    def step(name)
      Timeout.timeout(STEP_TIMEOUT) { read_some while @incoming.empty? }
      stanza = @incoming.shift
      return stanza if stanza.name == name
      raise Disconnected, "#{name} expected, got #{stanza.name} #{stanza.elements.map(&:name).join(' ')}"
    end

    def read_some
      @parser.feed(@stream.readpartial(65_536))
      raise Disconnected, 'the server closed the stream' if @parser.ended? && @incoming.empty?
    end

    def read_loop
      loop do
        dispatch(@incoming.shift) until @incoming.empty?
        read_some
      end
    end

    def dispatch(stanza)
      case stanza.name
      when 'presence' then guarded { @on[:presence].call(stanza) }
      when 'iq' then %w[result error].include?(stanza['type']) ? answered(stanza) : served(stanza)
      when 'error' then raise Disconnected, "stream error #{stanza.elements.map(&:name).join(' ')}"
      end
    end

    def answered(stanza) = @waiting[stanza['id']]&.push(stanza)

    # In a thread of its own, because serving may itself send requests and wait.
    def served(stanza)
      Thread.new do
        guarded do
          if stanza.child('ping', 'urn:xmpp:ping') then reply(stanza)
          elsif stanza.child('query', 'http://jabber.org/protocol/disco#info')
            reply(stanza, Element.new('query', { xmlns: 'http://jabber.org/protocol/disco#info' }))
          elsif !@on[:iq].call(stanza)
            refuse(stanza, 'service-unavailable')
          end
        end
      end
    end

    def guarded
      yield
    rescue StandardError => e
      @log.severe("#{e.class}: #{e.message} at #{e.backtrace&.first}")
    end

    def leave
      was_ready = ready?
      @jid = nil
      guarded { @on[:lost].call } if was_ready
      @stream&.close
    rescue IOError, SystemCallError, OpenSSL::SSL::SSLError
      nil
    end
  end
end

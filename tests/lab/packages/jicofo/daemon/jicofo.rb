# frozen_string_literal: true

# Stand-in for the conference focus: logs in, counts bridges, opens rooms on request. No media, no Jingle.
library = File.join(__dir__, 'lib')
%w[start bridges conferences authentication requests health].each { |name| require File.join(library, name) }

# Ties the parts together: one XMPP connection, one HTTP server.
class Jicofo
  def initialize(start, version)
    @start = start
    @log = start.log
    @settings = start.settings
    @version = version
    @client = Standin::Client.new(account, @log, handlers)
    @bridges = Bridges.new(@client, @settings, @log)
    @conferences = Conferences.new(@client, @settings, @log)
    @requests = Requests.new(@client, @conferences, Authentication.new(@settings), @log)
    @health = Health.new(@client, @bridges, @conferences, @settings)
  end

  def run
    serve if @settings.flag('jicofo.rest.enabled', true)
    @bridges.start
    @health.start
    @client.run
  end

  private

  def account
    client = 'jicofo.xmpp.client'
    user = @settings.get("#{client}.username", 'focus')
    verify = !@settings.flag("#{client}.disable-certificate-verification", false)
    Standin::Account.new(
      host: @settings.get("#{client}.hostname", 'localhost'), port: @settings.int("#{client}.port", 5222),
      domain: @settings.get("#{client}.domain"), user: user, password: @settings.get("#{client}.password").to_s,
      resource: @settings.get("#{client}.resource", user),
      tls: @settings.flag("#{client}.use-tls", true) ? :required : :disabled,
      context: verify ? Standin::Trust.context(@log) : Standin::Trust.unverified_context
    )
  end

  def handlers
    { ready: -> { ready }, lost: -> { lost }, presence: ->(stanza) { presence(stanza) },
      iq: ->(stanza) { @requests.serve(stanza) } }
  end

  def ready
    @client.send(Standin::Element.new('presence'))
    @bridges.join
  end

  def lost
    @bridges.clear
    @conferences.clear
  end

  def presence(stanza)
    if stanza['type'] == 'subscribe'
      return @client.send(Standin::Element.new('presence', to: stanza['from'], type: 'subscribed'))
    end
    @bridges.presence(stanza) || @conferences.presence(stanza)
  end

  def serve
    host = @settings.get('jicofo.rest.host', '127.0.0.1')
    Standin::Web.new(host, @settings.int('jicofo.rest.port', 8888), @log) { |path| route(path) }.start
  end

  def route(path)
    case path
    when '/about/health' then @health.answer
    when '/about/version' then json(name: 'JICOFO', version: @version, os: RUBY_PLATFORM)
    when '/stats' then json(@bridges.statistics.merge(@conferences.statistics))
    when '/metrics' then metrics if @settings.flag('jicofo.rest.prometheus.enabled', true)
    end
  end

  def metrics
    counts = @bridges.statistics[:bridge_selector]
    [200, 'text/plain', "jicofo_bridge_selector_bridge_count #{counts[:bridge_count]}\n" \
                        "jicofo_bridge_selector_bridge_count_operational #{counts[:operational_bridge_count]}\n" \
                        "jicofo_conferences #{@conferences.statistics[:conferences]}\n"]
  end

  def json(hash) = [200, 'application/json', "#{JSON.generate(hash)}\n"]
end

start = Standin::Start.new('Jicofo', ARGV, File.join(library, 'known-keys.txt'))
start.supervise { Jicofo.new(start, File.read(File.join(library, 'version.txt')).strip).run }

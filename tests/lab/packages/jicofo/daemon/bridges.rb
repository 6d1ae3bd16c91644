# frozen_string_literal: true

# The bridges in the brewery: who is there, what they report, and whether they answer a health check.
class Bridges
  MUC = 'http://jabber.org/protocol/muc'
  COLIBRI = 'http://jitsi.org/protocol/colibri'
  HEALTH = 'http://jitsi.org/protocol/healthcheck'
  NICK = 'focus'

  def initialize(client, settings, log)
    @client = client
    @log = log
    @room = settings.get('jicofo.bridge.brewery-jid').downcase
    @checks = settings.flag('jicofo.bridge.health-checks.enabled', true)
    @interval = settings.seconds('jicofo.bridge.health-checks.interval', 10)
    @patience = settings.seconds('jicofo.xmpp.client.reply-timeout', 15)
    @known = {}
  end

  def start = (Thread.new { check_forever } if @checks)
  def clear = @known.clear

  def join
    @client.send(Standin::Element.new('presence', { to: "#{@room}/#{NICK}" }, Standin::Element.new('x', xmlns: MUC)))
  end

  # Takes a presence of the brewery; false when it belongs to another room.
  def presence(stanza)
    from = stanza['from'].to_s
    return false unless from.split('/').first == @room
    own = from.end_with?("/#{NICK}")
    return own_presence(stanza) if own
    stats = stanza.child('stats', COLIBRI)
    stanza['type'] == 'unavailable' ? gone(from) : (seen(from, stats) if stats)
    true
  end

  def operational = @known.values.count { |bridge| bridge[:healthy] && bridge[:stats]['shutting_down'] != 'true' }

  def statistics
    leaving = @known.values.count { |bridge| bridge[:stats]['shutting_down'] == 'true' }
    { bridge_selector: { bridge_count: @known.size, operational_bridge_count: operational,
                         lost_bridges: @known.size - operational, in_shutdown_bridge_count: leaving } }
  end

  private

  def own_presence(stanza)
    @log.severe("The brewery #{@room} refused us: #{reason(stanza)}") if stanza['type'] == 'error'
    @log.info("Joined the brewery #{@room}.") if stanza['type'].nil?
    true
  end

  def reason(stanza) = stanza.child('error')&.elements&.map(&:name)&.join(' ')

  def seen(from, stats)
    reported = stats.elements.to_h { |stat| [stat['name'], stat['value']] }
    @log.info("Added new videobridge: #{from}.") unless @known.key?(from)
    @known[from] = { stats: reported, healthy: @known.dig(from, :healthy) != false }
  end

  def gone(from)
    @log.warning("A bridge left the brewery: #{from}.") if @known.delete(from)
  end

  def check_forever
    loop do
      sleep @interval
      @known.each_key.to_a.each { |from| check(from) }
    end
  end

  def check(from)
    answer = @client.request(Standin::Element.new('iq', { type: 'get', to: from },
                                                  Standin::Element.new('healthcheck', xmlns: HEALTH)), @patience)
    healthy = answer && answer['type'] == 'result'
    return unless @known.key?(from)
    @log.warning("Health check failed on #{from}: #{answer ? reason(answer) : 'no answer'}.") unless healthy
    @known[from][:healthy] = healthy ? true : false
  end
end

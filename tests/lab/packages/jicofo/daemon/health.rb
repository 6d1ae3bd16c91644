# frozen_string_literal: true

# The health answer: a bridge that works, a test room that opens, and a server that answers a ping.
class Health
  PING = 'urn:xmpp:ping'
  PING_PATIENCE = 5
  # Until the first success the checks are this close together, so that a test need not wait out an interval.
  FIRST_INTERVAL = 1

  def initialize(client, bridges, conferences, settings)
    @client = client
    @bridges = bridges
    @conferences = conferences
    @enabled = settings.flag('jicofo.health.enabled', false)
    @interval = settings.seconds('jicofo.health.interval', 10)
    @prefix = settings.get('jicofo.health.room-name-prefix', '__jicofo-health-check')
    @muc = settings.get('jicofo.xmpp.client.conference-muc-jid')
    @domain = settings.get('jicofo.xmpp.client.xmpp-domain')
    @result = [503, 'no health check has run yet']
  end

  def start = (Thread.new { check_forever } if @enabled && @interval.positive?)

  # [status, type, body], or nil (404) when health is off.
  def answer
    return nil unless @enabled
    status, text = @result
    [status, 'text/plain', text]
  end

  private

  def check_forever
    well = false
    loop do
      @result = check
      well ||= @result.first == 200
      sleep(well ? @interval : FIRST_INTERVAL)
    end
  end

  # 500 is a hard failure, 503 one that may pass (as with the real health checks).
  def check
    return [500, 'No operational bridges available'] if @bridges.operational.zero?
    return [500, 'conference-muc-jid is not configured'] unless @muc
    return [500, 'Test conference failed to start'] unless test_room
    return [503, 'XMPP ping failed'] unless ping
    [200, '']
  end

  def test_room
    jid = "#{@prefix}-#{rand(2**62)}@#{@muc}"
    opened = @conferences.open(jid, quiet: true)
    @conferences.leave(jid.downcase, 'health check done') if opened
    opened
  end

  def ping
    question = Standin::Element.new('iq', { type: 'get', to: @domain }, Standin::Element.new('ping', xmlns: PING))
    answer = @client.request(question, PING_PATIENCE)
    answer && answer['type'] == 'result'
  end
end

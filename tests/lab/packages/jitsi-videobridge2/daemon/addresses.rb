# frozen_string_literal: true

# The addresses that media would use: one UDP port on each local address, and the mappings around them.
class Addresses
  # What java.net.InetAddress calls site-local, link-local or loopback; unique-local IPv6 is none of these there.
  NOT_VALID = %w[10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 169.254.0.0/16 127.0.0.0/8 fec0::/10 fe80::/10 ::1/128]
              .map { |net| IPAddr.new(net) }.freeze
  HARVEST = 'ice4j.harvest'

  def initialize(settings, log)
    @settings = settings
    @log = log
    @bound = []
    @mapped = []
  end

  def harvest
    @port = @settings.int('videobridge.ice.udp.port', 10_000)
    local.each { |address| bind(address) }
    map
    tell_of_questions
  end

  # Why the bridge is unhealthy, or nil.
  def problem
    required = @settings.flag('videobridge.health.require-valid-address', true)
    return 'No valid IP addresses available for harvesting.' if required && (@bound + @mapped).none? { |one| valid?(one) }
    return 'Address discovery through STUN failed' if @settings.flag('videobridge.health.require-stun', false)
    'Failed to bind single-port' if @bound.empty?
  end

  private

  def local
    candidates = Socket.getifaddrs.select { |one| one.addr&.ip? && allowed?(one) }.map { |one| one.addr.ip_address }
    candidates.reject { |one| left_out?(IPAddr.new(one.split('%').first)) }.uniq
  end

  def left_out?(address)
    return true if address.loopback?
    return true if address.ipv6? && !@settings.flag("#{HARVEST}.use-ipv6", true)
    address.link_local? && !@settings.flag("#{HARVEST}.use-link-local-addresses", false)
  end

  def allowed?(interface)
    { 'interfaces' => interface.name, 'addresses' => interface.addr.ip_address }.all? do |kind, value|
      only = @settings.get("#{HARVEST}.allowed-#{kind}", [])
      (only.empty? || only.include?(value)) && !@settings.get("#{HARVEST}.blocked-#{kind}", []).include?(value)
    end
  end

  def bind(address)
    socket = UDPSocket.new(address.include?(':') ? Socket::AF_INET6 : Socket::AF_INET)
    socket.setsockopt(:IPV6, :V6ONLY, true) if address.include?(':')
    socket.bind(address, @port)
    @bound << IPAddr.new(address.split('%').first)
    @log.info("Bound UDP port #{@port} on #{address}.")
    Thread.new { drop_forever(socket) }
  rescue SystemCallError => e
    @log.severe("Failed to bind UDP port #{@port} on #{address}: #{e.message}")
  end

  # No media here: what arrives is dropped, and at most one line a second says so.
  def drop_forever(socket)
    told = 0
    loop do
      _, sender = socket.recvfrom(2048)
      next if Time.now.to_i == told
      told = Time.now.to_i
      @log.info("Dropped a packet from #{redact(sender[3])}:#{sender[1]}.")
    end
  end

  def redact(address)
    return address unless @settings.flag('videobridge.redact-remote-addresses', true)
    address.include?(':') ? 'xxx::xxx' : 'xx.xx.xx.xx'
  end

  def map
    @settings.get("#{HARVEST}.mapping.static-mappings", []).each do |mapping|
      from, to = mapping.values_at('local-address', 'public-address').map { |text| IPAddr.new(text) }
      if @bound.include?(from)
        @mapped << to
        @log.info("Static mapping #{from} to #{to}.")
      else
        @log.warning("Static mapping for #{from}: not an address of this host.")
      end
    end
  end

  # The stand-in asks nobody, but says whom the real bridge would have asked.
  def tell_of_questions
    stun = @settings.get("#{HARVEST}.mapping.stun.addresses", [])
    @log.warning("Would ask the STUN servers #{stun.join(', ')} for our address.") unless stun.empty?
    return unless @settings.flag("#{HARVEST}.mapping.aws.enabled", true)
    @log.warning('Would ask 169.254.169.254 for our address (ice4j.harvest.mapping.aws.enabled).')
  end

  def valid?(address) = NOT_VALID.none? { |net| net.family == address.family && net.include?(address) }
end

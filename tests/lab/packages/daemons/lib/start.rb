# frozen_string_literal: true

require 'ipaddr'
require_relative 'log'
require_relative 'settings'
require_relative 'trust'
require_relative 'web'
require_relative 'xmpp'

module Standin
  # Reads the -D properties that the start script passes on, as the Java program would.
  class Start
    CONFIGURATION_ERROR = 78

    attr_reader :log, :settings

    def initialize(program, arguments, known_keys_file)
      @properties = arguments.filter_map { |one| one[/\A-D(.*)/m, 1] }.to_h { |one| one.split('=', 2) }
      @log = Log.new(program, @properties['java.util.logging.config.file'])
      @settings = Settings.new(@properties['config.file'].to_s, known_keys_file)
      @log.info("Stand-in for tests, not the real #{program}. Configuration #{@properties['config.file']}.")
      %w[TERM INT].each { |name| Signal.trap(name) { exit!(143) } }
    rescue Refused => e
      @log.severe("Configuration refused: #{e.message}")
      exit CONFIGURATION_ERROR
    end

    # Runs the block; what escapes it is logged and ends the process, so that systemd and tests see it.
    def supervise
      Thread.report_on_exception = false
      Thread.abort_on_exception = true
      yield
    rescue SystemCallError, SocketError => e
      @log.severe("#{e.class}: #{e.message}")
      exit 1
    end
  end
end

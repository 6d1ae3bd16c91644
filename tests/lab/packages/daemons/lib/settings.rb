# frozen_string_literal: true

require 'ipaddr'
require 'hocon'
require 'hocon/config_factory'
require 'hocon/config_error'

module Standin
  # A configuration that the daemon must not start with; the message names the file, the key and the reason.
  class Refused < StandardError; end

  # A HOCON file checked against the list of known keys, with read access by path.
  class Settings
    SECONDS = { '' => 0.001, 'ms' => 0.001, 'millis' => 0.001, 'millisecond' => 0.001, 'milliseconds' => 0.001,
                's' => 1, 'second' => 1, 'seconds' => 1, 'm' => 60, 'minute' => 60, 'minutes' => 60,
                'h' => 3600, 'hour' => 3600, 'hours' => 3600, 'd' => 86_400, 'day' => 86_400, 'days' => 86_400 }.freeze
    TRUTH = { 'true' => true, 'yes' => true, 'on' => true, 'false' => false, 'no' => false, 'off' => false }.freeze

    def initialize(file, known_keys_file)
      @file = file
      @rules = read_rules(known_keys_file)
      @values = parse
      check
    end

    # The value at a dotted path, or the fallback when the key is not set.
    def get(path, fallback = nil)
      value = @values.find { |names, _| names.join('.').casecmp?(path) }
      value.nil? || value[1].nil? ? fallback : value[1]
    end

    def flag(path, fallback)
      value = get(path)
      value.nil? ? fallback : TRUTH.fetch(value.to_s)
    end

    def int(path, fallback) = get(path).nil? ? fallback : Integer(get(path).to_s, 10)

    def seconds(path, fallback)
      value = get(path)
      value.nil? ? fallback : self.class.duration(value)
    end

    # The names directly below a path, e.g. the ids of `videobridge.apis.xmpp-client.configs`.
    def names_below(path)
      prefix = path.split('.')
      @values.map(&:first).select { |names| names.take(prefix.size) == prefix && names.size > prefix.size }
             .map { |names| names[prefix.size] }.uniq
    end

    def self.duration(value)
      match = /\A(\d+(?:\.\d+)?)\s*([a-z]*)\z/.match(value.to_s.strip)
      unit = match && SECONDS[match[2]]
      unit && match[1].to_f * unit
    end

    private

    def read_rules(file)
      File.readlines(file).reject { |line| line.start_with?('#') || line.strip.empty? }.map do |line|
        path, type, need = line.split
        { names: path.split('.'), path: path, type: type, required: need == 'required' }
      end
    end

    def parse
      raise Refused, "#{@file}: no such file" unless File.file?(@file)
      config = Hocon::ConfigFactory.parse_file(@file).resolve
      leaves(config.root.unwrapped)
    rescue Hocon::ConfigError, SystemCallError, EncodingError => e
      raise Refused, "#{@file}: #{e.message}"
    end

    # A list of [names, value]; an empty object counts as nothing, a list is one value.
    def leaves(value, names = [])
      return value.flat_map { |name, below| leaves(below, names + [name]) } if value.is_a?(Hash)
      [[names, value]]
    end

    def check
      problems = @values.filter_map { |names, value| problem(names, value) }
      @rules.select { |rule| rule[:required] }.flat_map { |rule| needed(rule[:path]) }.each do |path|
        problems << "#{path}: missing" if get(path).nil?
      end
      raise Refused, "#{@file}: #{problems.join('; ')}" unless problems.empty?
    end

    # What is required under a star is required under every name that stands there.
    def needed(path)
      before, after = path.split('.*.')
      after ? names_below(before).map { |name| "#{before}.#{name}.#{after}" } : [path]
    end

    def problem(names, value)
      rule = @rules.find { |candidate| same_path?(candidate[:names], names) }
      return "#{names.join('.')}: no such key" unless rule
      return nil if value.nil?
      "#{names.join('.')}: not a value of type #{rule[:type]}" unless fits?(rule[:type], value)
    end

    # Names match exactly, but those that the data writes in capitals match in any case.
    def same_path?(known, names)
      known.size == names.size && known.zip(names).all? do |want, have|
        want == '*' || want == have || (want =~ /\A[A-Z_]+\z/ && want == have.upcase.tr('-', '_'))
      end
    end

    def fits?(type, value)
      kind, rest = type.split(':', 2)
      return list(value, rest) if kind == 'list'
      return value.is_a?(Hash) && mapping?(value) if kind == 'mapping'
      return true if kind == 'any'
      return false if value.is_a?(Hash) || value.is_a?(Array)
      scalar?(kind, rest, value.to_s)
    end

    # JVB's MUC_JIDS is one string with commas; every other list is a HOCON list.
    def list(value, type)
      value = value.split(',').map(&:strip) if type == 'jid' && value.is_a?(String)
      value.is_a?(Array) && value.all? { |item| fits?(type, item) }
    end

    def mapping?(value)
      value.keys.all? { |key| %w[local-address public-address local-port public-port name].include?(key) } &&
        %w[local-address public-address].all? { |key| address?(value[key].to_s) } &&
        %w[local-port public-port].all? { |key| value[key].nil? || scalar?('port', nil, value[key].to_s) }
    end

    def address?(text)
      IPAddr.new(text)
      true
    rescue IPAddr::Error
      false
    end

    def scalar?(kind, rest, text)
      case kind
      when 'bool' then TRUTH.key?(text)
      when 'int' then text.match?(/\A-?\d+\z/)
      when 'port' then text.match?(/\A\d{1,5}\z/) && (1..65_535).cover?(text.to_i)
      when 'number' then text.match?(/\A-?\d*(\.\d+)?([eE]-?\d+)?\z/) && !text.empty?
      when 'duration' then !self.class.duration(text).nil?
      when 'bandwidth' then text.match?(/\A\d+(\.\d+)?\s*([kmg]?bps)\z/i)
      when 'percent' then text.match?(/\A\d+(\.\d+)?\s*%\z/)
      when 'enum' then rest.split(',').include?(text)
      when 'jid' then text.match?(/\A[^@\s\/"'&<>]+@[^@\s\/"'&<>]+\z/)
      when 'domain' then text.match?(/\A[^@\s\/"'&<>]+\z/)
      when 'hostport' then text.match?(/\A(\[[0-9a-fA-F:]+\]|[^:\s]+):\d{1,5}\z/)
      when 'string' then true
      else raise Refused, "known keys: no such type #{kind}"
      end
    end
  end
end

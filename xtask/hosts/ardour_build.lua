-- Builds a session for drive_ardour.py and saves it: a bus with Busbar, one stereo track per strip, each feeding its strip.
-- Arguments: the session's folder, the number of strips, the number of tracks, a file of settings, a file of automation.
-- A line of settings is "label<TAB>value", one of automation "label<TAB>sample<TAB>value"; values are plain: dB, percent, 1 for on.

local folder, size, n_tracks, settings_file, automation_file = arg[1], tonumber(arg[2]), tonumber(arg[3]), arg[4], arg[5]
local RATE_HZ = 48000
local AUDIO = ARDOUR.DataType("audio")

local session = create_session(folder, "busbar", RATE_HZ)
assert(session, "no session could be made")

-- 2 × size inputs; the bus has no fewer outputs than that, of which the first two go on.
local bus = session:new_audio_route(2 * size, 2, nil, 1, "Busbar", ARDOUR.PresentationInfo.Flag.AudioBus, -1):front()
local processor = ARDOUR.LuaAPI.new_plugin(session, "Busbar " .. size, ARDOUR.PluginType.VST3, "")
assert(not processor:isnil(), "Ardour does not know Busbar " .. size)
assert(bus:add_processor_by_index(processor, 0, nil, true) == 0, "Busbar could not be inserted")
local insert = processor:to_insert()
local plugin = insert:plugin(0)
print("pins", insert:natural_input_streams():n_audio(), insert:natural_output_streams():n_audio())

-- By itself Ardour connects the main input alone.
local pins = ARDOUR.ChanMapping()
for pin = 0, 2 * size - 1 do
	pins:set(AUDIO, pin, pin)
end
insert:set_input_map(0, pins)

-- Nothing of Ardour's own may touch the sound on its way.
local master = session:master_out()
local function lead(from, to, to_channel)
	from:output():disconnect_all(nil)
	for channel = 0, 1 do
		from:output():audio(channel):connect(to:input():audio(to_channel + channel):name())
	end
	from:panner_shell():set_bypassed(true)
end
lead(bus, master, 0)
master:panner_shell():set_bypassed(true)
local tracks = session:new_audio_track(2, 2, nil, n_tracks, "Stem", -1, ARDOUR.TrackMode.Normal, true)
local strip_idx = 0
for track in tracks:iter() do
	lead(track, bus, 2 * strip_idx)
	strip_idx = strip_idx + 1
end

local index_of = {}
for index = 0, plugin:parameter_count() - 1 do
	index_of[plugin:parameter_label(index)] = index
end
local function index_by(label)
	return assert(index_of[label], "Ardour lists no parameter " .. label)
end

local wanted = {}
for line in io.lines(settings_file) do
	local label, value = line:match("^(.-)\t(.*)$")
	wanted[label] = tonumber(value)
	assert(ARDOUR.LuaAPI.set_processor_param(processor, index_by(label), wanted[label]), label .. " could not be set")
end
-- The engine takes values over while it runs, and only then are they saved.
sleep(1)
for label, value in pairs(wanted) do
	local parameter = Evoral.Parameter(ARDOUR.AutomationType.PluginAutomation, 0, index_by(label))
	local is = processor:to_automatable():automation_control(parameter, false):get_value()
	assert(math.abs(is - value) < 0.001, label .. " is " .. is .. " and not " .. value)
end

local automated = {}
for line in io.lines(automation_file) do
	local label, sample, value = line:match("^(.-)\t(.-)\t(.*)$")
	local index = index_by(label)
	local list, curve = ARDOUR.LuaAPI.plugin_automation(processor, index)
	assert(not list:isnil(), label .. " cannot be automated")
	curve:add(Temporal.timepos_t(tonumber(sample)), tonumber(value), false, true)
	-- Steps, which Ardour hands on at their sample; a line it would hand on once a block.
	curve:set_interpolation(Evoral.InterpolationStyle.Discrete)
	automated[index] = true
end
for index in pairs(automated) do
	local parameter = Evoral.Parameter(ARDOUR.AutomationType.PluginAutomation, 0, index)
	processor:to_automatable():automation_control(parameter, false):set_automation_state(ARDOUR.AutoState.Play)
end

session:save_state("")
print("saved", plugin:parameter_count())
close_session()
quit()

package modelfile

import "strings"

// rules says of every element and attribute of MJCF 3.3 what becomes of it here. A line is an element, by its way from
// the root (body stands for worldbody, frame and replicate too, as far as what is inside goes), then its attributes after
// the word that tells their fate:
//
//	read    has its effect here
//	still   cannot change the motion of a planar body: names, looks, assets, sensors, sizes of buffers, asleep features
//	noted   is left out, and the notes say so
//	refuse  is an error that names it, unless it has the value behind the = or nothing but zeros
//
// An element with the word refuse alone is refused whole. What no line has is refused by name.
const rules = `
mujoco               read model
compiler             read autolimits boundmass boundinertia settotalmass balanceinertia coordinate angle eulerseq
                          inertiafromgeom inertiagrouprange fusestatic
                     still strippath fitaabb discardvisual meshdir texturedir assetdir usethread saveinertial alignfree exactmeshinertia convexhull
compiler/lengthrange still mode useexisting uselimit accel maxforce timeconst timestep inttotal interval tolrange
option               read timestep impratio gravity density viscosity integrator cone collision actuatorgroupdisable
                          noslip_iterations noslip_tolerance
                     still apirate magnetic o_margin o_solref o_solimp o_friction jacobian sdf_iterations sdf_initpoints
                          ccd_iterations ccd_tolerance mpr_iterations mpr_tolerance sleep_tolerance
                     noted solver iterations tolerance ls_iterations ls_tolerance
                     refuse wind
option/flag          read constraint equality frictionloss limit contact gravity clampctrl filterparent actuation eulerdamp spring damper
                     still warmstart sensor midphase autoreset nativeccd island energy fwdinv invdiscrete multiccd
                     refuse passive=enable refsafe=enable override=disable sleep=disable
size                 still memory njmax nconmax nstack nuserdata nkey nuser_body nuser_jnt nuser_geom nuser_site nuser_cam
                          nuser_tendon nuser_actuator nuser_sensor
visual               still
visual/global        still cameraid orthographic fovy ipd azimuth elevation linewidth glow offwidth offheight realtime
                          ellipsoidinertia bvactive
visual/quality       still shadowsize offsamples numslices numstacks numquads
visual/headlight     still ambient diffuse specular active
visual/map           still stiffness stiffnessrot force torque alpha fogstart fogend znear zfar haze shadowclip shadowscale
                          actuatortendon
visual/scale         still forcewidth contactwidth contactheight connect com camera light selectpoint jointlength jointwidth
                          actuatorlength actuatorwidth framelength framewidth constraint slidercrank frustum
visual/rgba          still fog haze force inertia joint actuator actuatornegative actuatorpositive com camera light selectpoint
                          connect contactpoint contactforce contactfriction contacttorque contactgap rangefinder constraint
                          slidercrank crankbroken frustum bv bvactive
statistic            read meaninertia
                     still meanmass meansize extent center

default              read class
default/mesh         still scale maxhullvert inertia
default/material     still texture emission specular shininess reflectance metallic roughness rgba texrepeat texuniform
default/joint        read type pos axis limited solreflimit solimplimit stiffness range margin ref springref armature damping
                          frictionloss solreffriction solimpfriction
                     still group user
                     read actuatorfrcrange actuatorfrclimited springdamper
                     refuse actuatorgravcomp=false
default/geom         read type pos quat contype conaffinity condim group priority size friction mass density solmix solref
                          solimp margin gap fromto axisangle xyaxes zaxis euler
                     still material rgba fluidcoef fitscale user
                     refuse hfield mesh shellinertia=false fluidshape=none
default/site         read pos quat fromto axisangle xyaxes zaxis euler
                     still type group material size rgba user
default/camera       still orthographic fovy ipd resolution pos quat axisangle xyaxes zaxis euler mode focal focalpixel
                          principal principalpixel sensorsize user
default/light        still pos dir bulbradius intensity range directional type castshadow active attenuation cutoff exponent
                          ambient diffuse specular mode
default/pair         read condim friction solref solreffriction solimp gap margin
default/equality     read active solref solimp
default/tendon       read limited range solreflimit solimplimit solreffriction solimpfriction frictionloss springlength
                          margin stiffness damping
                     still group width material rgba user
default/general      read ctrllimited forcelimited ctrlrange forcerange gear group dyntype gaintype biastype gainprm biasprm
                     still user cranklength dynprm actearly actrange actlimited actdim
default/motor        read ctrllimited forcelimited ctrlrange forcerange gear group
                     still user cranklength
default/position     read ctrllimited forcelimited ctrlrange forcerange gear group kp kv dampratio inheritrange timeconst
                     still user cranklength
default/velocity     read ctrllimited forcelimited ctrlrange forcerange gear group kv
                     still user cranklength
default/intvelocity  read ctrllimited forcelimited ctrlrange forcerange gear group kp kv dampratio inheritrange
                     still user cranklength actrange
default/damper       read forcelimited ctrlrange forcerange gear group kv
                     still user cranklength
default/cylinder     read ctrllimited forcelimited ctrlrange forcerange gear group timeconst area diameter bias
                     still user cranklength
default/muscle       read ctrllimited forcelimited ctrlrange forcerange gear group range force scale lmin lmax vmax fpmax fvmax
                     still user cranklength timeconst tausmooth
default/adhesion     read forcelimited ctrlrange forcerange group gain
                     still user

extension            still
extension/plugin     refuse
custom               still
custom/numeric       still name size data
custom/text          still name data
custom/tuple         still name
custom/tuple/element still objtype objname prm
asset                still
asset/mesh           still name class content_type file vertex normal texcoord face refpos refquat scale smoothnormal maxhullvert
                          inertia builtin params material
asset/mesh/plugin    refuse
asset/hfield         still name content_type file nrow ncol size elevation
asset/skin           still name file material rgba inflate vertex texcoord face group
asset/skin/bone      still body bindpos bindquat vertid vertweight
asset/texture        still name type colorspace content_type file gridsize gridlayout fileright fileleft fileup filedown
                          filefront fileback builtin rgb1 rgb2 mark markrgb random width height hflip vflip nchannel
asset/material       still name class texture texrepeat texuniform emission specular shininess reflectance metallic roughness rgba
asset/material/layer still texture role
asset/model          still name file content_type

worldbody            still
body                 read name childclass pos quat axisangle xyaxes zaxis euler
                     still user sleep
                     read mocap gravcomp
body/frame           read childclass pos quat axisangle xyaxes zaxis euler
                     still name user sleep mocap gravcomp
body/replicate       refuse
body/inertial        read pos quat mass diaginertia axisangle xyaxes zaxis euler fullinertia
body/joint           read name class type pos axis limited solreflimit solimplimit stiffness range margin ref springref armature damping
                          frictionloss solreffriction solimpfriction
                     still group user
                     read actuatorfrcrange actuatorfrclimited springdamper
                     refuse actuatorgravcomp=false
body/freejoint       refuse
body/geom            read name class type contype conaffinity condim group priority size friction mass density solmix solref
                          solimp margin gap fromto pos quat axisangle xyaxes zaxis euler
                     still material rgba fluidcoef fitscale user
                     refuse hfield mesh shellinertia=false fluidshape=none
body/geom/plugin     refuse
body/attach          refuse
body/site            read name class pos quat fromto axisangle xyaxes zaxis euler
                     still type group material size rgba user
body/camera          still name class orthographic fovy ipd resolution pos quat axisangle xyaxes zaxis euler mode target focal
                          focalpixel principal principalpixel sensorsize user
body/light           still name class directional type castshadow active pos dir bulbradius intensity range attenuation cutoff
                          exponent ambient diffuse specular mode target texture
body/plugin          refuse
body/composite       refuse
body/flexcomp        refuse

contact              still
contact/pair         read name class geom1 geom2 condim friction solref solreffriction solimp gap margin
contact/exclude      read body1 body2
                     still name
deformable           still
deformable/flex      refuse
deformable/skin      still name file material rgba inflate vertex texcoord face group
deformable/skin/bone still body bindpos bindquat vertid vertweight
equality             still
equality/connect     read name class body1 body2 anchor site1 site2 active solref solimp
equality/weld        read name class body1 body2 relpose anchor site1 site2 active solref solimp torquescale
equality/joint       read name class joint1 joint2 polycoef active solref solimp
equality/tendon      read name class tendon1 tendon2 polycoef active solref solimp
equality/flex        refuse
tendon               still
tendon/spatial       read name class limited range solreflimit solimplimit solreffriction solimpfriction frictionloss
                          springlength margin stiffness damping
                     still group user width material rgba
                     read actuatorfrcrange actuatorfrclimited
                     refuse armature
tendon/spatial/site  read site
tendon/spatial/geom  refuse
tendon/spatial/pulley refuse
tendon/fixed         read name class limited range solreflimit solimplimit solreffriction solimpfriction frictionloss
                          springlength margin stiffness damping
                     still group user
                     read actuatorfrcrange actuatorfrclimited
                     refuse armature
tendon/fixed/joint   read joint coef

actuator             still
actuator/general     read name class group ctrllimited forcelimited ctrlrange forcerange gear joint jointinparent tendon site dyntype
                          gaintype biastype gainprm biasprm
                     still user cranklength lengthrange dynprm actearly actrange actlimited actdim interp
                     refuse slidersite cranksite refsite body nsample delay
actuator/motor       read name class group ctrllimited forcelimited ctrlrange forcerange gear joint jointinparent tendon site
                     still user cranklength lengthrange interp
                     refuse slidersite cranksite refsite nsample delay
actuator/position    read name class group ctrllimited forcelimited ctrlrange forcerange gear joint jointinparent tendon site kp kv
                          dampratio inheritrange timeconst
                     still user cranklength lengthrange interp
                     refuse slidersite cranksite refsite nsample delay
actuator/velocity    read name class group ctrllimited forcelimited ctrlrange forcerange gear joint jointinparent tendon site kv
                     still user cranklength lengthrange interp
                     refuse slidersite cranksite refsite nsample delay
actuator/damper      read name class group forcelimited ctrlrange forcerange gear joint jointinparent tendon site kv
                     still user cranklength lengthrange interp
                     refuse slidersite cranksite refsite nsample delay
actuator/intvelocity refuse
actuator/cylinder    refuse
actuator/muscle      refuse
actuator/adhesion    refuse
actuator/plugin      refuse

sensor               still
sensor/touch         still name site cutoff noise user
sensor/accelerometer still name site cutoff noise user
sensor/velocimeter   still name site cutoff noise user
sensor/gyro          still name site cutoff noise user
sensor/force         still name site cutoff noise user
sensor/torque        still name site cutoff noise user
sensor/magnetometer  still name site cutoff noise user
sensor/camprojection still name site camera cutoff noise user
sensor/rangefinder   still name site cutoff noise user
sensor/jointpos      still name joint cutoff noise user
sensor/jointvel      still name joint cutoff noise user
sensor/tendonpos     still name tendon cutoff noise user
sensor/tendonvel     still name tendon cutoff noise user
sensor/actuatorpos   still name actuator cutoff noise user
sensor/actuatorvel   still name actuator cutoff noise user
sensor/actuatorfrc   still name actuator cutoff noise user
sensor/jointactuatorfrc  still name joint cutoff noise user
sensor/tendonactuatorfrc still name tendon cutoff noise user
sensor/ballquat      still name joint cutoff noise user
sensor/ballangvel    still name joint cutoff noise user
sensor/jointlimitpos still name joint cutoff noise user
sensor/jointlimitvel still name joint cutoff noise user
sensor/jointlimitfrc still name joint cutoff noise user
sensor/tendonlimitpos still name tendon cutoff noise user
sensor/tendonlimitvel still name tendon cutoff noise user
sensor/tendonlimitfrc still name tendon cutoff noise user
sensor/framepos      still name objtype objname reftype refname cutoff noise user
sensor/framequat     still name objtype objname reftype refname cutoff noise user
sensor/framexaxis    still name objtype objname reftype refname cutoff noise user
sensor/frameyaxis    still name objtype objname reftype refname cutoff noise user
sensor/framezaxis    still name objtype objname reftype refname cutoff noise user
sensor/framelinvel   still name objtype objname reftype refname cutoff noise user
sensor/frameangvel   still name objtype objname reftype refname cutoff noise user
sensor/framelinacc   still name objtype objname cutoff noise user
sensor/frameangacc   still name objtype objname cutoff noise user
sensor/subtreecom    still name body cutoff noise user
sensor/subtreelinvel still name body cutoff noise user
sensor/subtreeangmom still name body cutoff noise user
sensor/insidesite    still name site objtype objname cutoff noise user
sensor/distance      still name geom1 geom2 body1 body2 cutoff noise user
sensor/normal        still name geom1 geom2 body1 body2 cutoff noise user
sensor/fromto        still name geom1 geom2 body1 body2 cutoff noise user
sensor/contact       still name geom1 geom2 body1 body2 subtree1 subtree2 site num data reduce cutoff noise user
sensor/e_potential   still name cutoff noise user
sensor/e_kinetic     still name cutoff noise user
sensor/clock         still name cutoff noise user
sensor/user          still name objtype objname datatype needstage dim cutoff noise user
sensor/tactile       still name geom mesh user
sensor/plugin        refuse
keyframe             still
keyframe/key         still name time qpos qvel act mpos mquat ctrl
`

// why are the reasons for what is refused whole or noted; the rest cannot be represented.
var why = map[string]string{
	"body/freejoint": "free joints are not planar: use two slides and a hinge",
	"option":         "the solver here runs to convergence",
}

// fate is what becomes of an attribute; neutral is the value that a refused one may have.
type fate struct{ word, neutral string }

// elementRule is a line of rules.
type elementRule struct {
	refused bool
	attrs   map[string]fate
}

var ruleOf = parseRules(rules)

func parseRules(text string) map[string]*elementRule {
	out := map[string]*elementRule{}
	var rule *elementRule
	word := ""
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) > 0 && line[0] != ' ' {
			rule = &elementRule{attrs: map[string]fate{}, refused: len(fields) == 2 && fields[1] == "refuse"}
			out[fields[0]] = rule
			fields = fields[1:]
		}
		for _, f := range fields {
			switch f {
			case "read", "still", "noted", "refuse":
				word = f
				continue
			}
			name, neutral, _ := strings.Cut(f, "=")
			rule.attrs[name] = fate{word, neutral}
		}
	}
	return out
}

// ruleName is the way of an element inside one with the given way, as rules spells it.
func ruleName(parent, tag string) string {
	switch parent {
	case "mujoco":
		return tag
	case "worldbody", "body/frame", "body/replicate":
		parent = "body"
	}
	switch name := parent + "/" + tag; name {
	case "body/body":
		return "body"
	case "default/default":
		return "default"
	default:
		return name
	}
}

// judge refuses what the rules do not have or refuse, and notes what they note. Attributes that a default may overrule are
// judged where they are used.
func (c *compiler) judge(n *node, way string) error {
	rule := ruleOf[way]
	switch {
	case rule == nil:
		return n.errorf("unknown here")
	case rule.refused && why[way] != "":
		return n.errorf("%s", why[way])
	case rule.refused:
		return n.errorf("cannot be represented")
	}
	for _, a := range n.attrs {
		f, known := rule.attrs[a.name]
		switch {
		case !known:
			return n.errorf("attribute %s is unknown", a.name)
		case f.word == "noted":
			c.note(n, "attribute %s is left out: %s", a.name, why[way])
		case f.word == "refuse" && !hasDefaults(way):
			if err := plain(n).neutral(a.name, f.neutral); err != nil {
				return err
			}
		}
	}
	for _, child := range n.children {
		if err := c.judge(child, ruleName(way, child.tag)); err != nil {
			return err
		}
	}
	return nil
}

func hasDefaults(way string) bool {
	return strings.HasPrefix(way, "default/") || way == "body/joint" || way == "body/geom" || way == "body/site"
}

// neutral refuses an attribute that has neither the given value nor, where none is given, just zeros.
func (e element) neutral(name, value string) error {
	s, ok := e.get(name)
	if !ok || value != "" && s == value {
		return nil
	}
	if value == "" {
		var v [8]float64
		if _, err := e.numbers(name, s, v[:], 1); err == nil && v == [8]float64{} {
			return nil
		}
	}
	return e.errorf("attribute %s=%q cannot be represented", name, s)
}
